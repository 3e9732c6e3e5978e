use crate::model::observable::{Colouring, Layer};
use crate::model::column::Heading;
pub static COLOURINGS: &[Colouring] = &[Colouring {
        name: "heading",
        title: "Heading",
        symbol: "θ",
        unit: "rad",
        doc: "Direction of motion.",
        cyclic: true,
        values: |sample, values| {
            let headings = sample.column::<Heading>();
            values.extend(headings.iter().map(|heading| heading.0[1].atan2(heading.0[0])));
        },
        ..Colouring::PLAIN
    }];
pub static LAYERS: &[Layer] = &[];

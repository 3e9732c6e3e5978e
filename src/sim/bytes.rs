//! Bytes that are written in one piece: a vector of them would be encoded one by one.

use serde::de::{Deserializer, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// The same on the wire as a `Vec<u8>`, and many times faster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Taker;
        impl Visitor<'_> for Taker {
            type Value = Bytes;
            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Taker)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_look_like_a_vector_of_them() {
        for length in [0, 1, 127, 128, 70_000] {
            let plain: Vec<u8> = (0..length).map(|i| (i * 7) as u8).collect();
            let written = postcard::to_allocvec(&Bytes(plain.clone())).expect("bytes");
            assert_eq!(written, postcard::to_allocvec(&plain).expect("bytes"));
            let read: Bytes = postcard::from_bytes(&written).expect("bytes");
            assert_eq!(read.0, plain);
        }
    }
}

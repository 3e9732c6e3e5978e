"""Makes the fonts of this folder from the upstream releases.

    pip install fonttools
    npm pack @expo-google-fonts/inter @expo-google-fonts/jetbrains-mono @expo-google-fonts/noto-sans-math
    (unpack all three into one folder, named inter, jetbrains-mono and noto-sans-math)
    python3 build.py FOLDER

Every font is cut down to the characters that a scientific interface needs, and figures become
tabular: the characters 0 to 9 point at the glyphs of the feature `tnum`, so that numbers line up
without asking the text engine for a feature.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

LETTERS = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x1E6, 0x1E7), (0x218, 0x21B), (0x2B0, 0x2FF),
    (0x300, 0x30C), (0x370, 0x3FF), (0x1D2C, 0x1D6A), (0x1E00, 0x1EFF), (0x2000, 0x206F),
    (0x2070, 0x209C), (0x20AC, 0x20AC), (0x2100, 0x214F), (0x2150, 0x215F), (0x2190, 0x21FF),
    (0x2200, 0x22FF), (0x2300, 0x23FF), (0x25A0, 0x25FF), (0x2605, 0x2606), (0x27E6, 0x27EF),
    (0x27F5, 0x27FF), (0x2C7C, 0x2C7D),
]
MATHEMATICS = LETTERS[9:] + [(0x370, 0x3FF), (0x1D400, 0x1D4CF)]


def cut(source, target, ranges):
    font = TTFont(source)
    font.flavor = None
    if "GSUB" in font:
        table = font["GSUB"].table
        tabular = {}
        for record in table.FeatureList.FeatureRecord:
            if record.FeatureTag == "tnum":
                for index in record.Feature.LookupListIndex:
                    for part in table.LookupList.Lookup[index].SubTable:
                        part = getattr(part, "ExtSubTable", part)
                        tabular.update(getattr(part, "mapping", {}))
        for cmap in font["cmap"].tables:
            for code in range(ord("0"), ord("9") + 1):
                if cmap.isUnicode() and code in cmap.cmap:
                    cmap.cmap[code] = tabular.get(cmap.cmap[code], cmap.cmap[code])
    options = subset.Options()
    options.layout_features = ["kern", "mark"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.drop_tables += ["MATH", "DSIG"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for low, high in ranges for code in range(low, high + 1)])
    subsetter.subset(font)
    font.save(target)
    print(target, Path(target).stat().st_size)


folder = Path(sys.argv[1])
here = Path(__file__).parent
cut(folder / "inter/400Regular/Inter_400Regular.ttf", here / "Inter-Regular.ttf", LETTERS)
cut(folder / "inter/400Regular_Italic/Inter_400Regular_Italic.ttf", here / "Inter-Italic.ttf", LETTERS)
cut(folder / "inter/600SemiBold/Inter_600SemiBold.ttf", here / "Inter-SemiBold.ttf", LETTERS)
cut(folder / "jetbrains-mono/400Regular/JetBrainsMono_400Regular.ttf", here / "JetBrainsMono-Regular.ttf", LETTERS)
math = next((folder / "noto-sans-math").rglob("*.ttf"))
cut(math, here / "NotoSansMath.ttf", MATHEMATICS)

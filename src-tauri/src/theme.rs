//! The colours the window has before its page: light and dark, equal to the page's own tokens (`ui/src/style`).
//! It knows no more of the page's look than the skeleton draws.

use serde::{Deserialize, Serialize};

/// What the person chose in the page; `System` follows the desktop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Choice {
    #[default]
    System,
    Light,
    Dark,
}

impl Choice {
    /// The choice as Tauri's theme; none lets the desktop decide.
    pub(crate) fn forced(self) -> Option<tauri::Theme> {
        match self {
            Choice::System => None,
            Choice::Light => Some(tauri::Theme::Light),
            Choice::Dark => Some(tauri::Theme::Dark),
        }
    }
}

/// One colour, red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// The few colours of the skeleton, named after the page's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Palette {
    pub(crate) bg: Rgb,
    pub(crate) side: Rgb,
    pub(crate) raised: Rgb,
    pub(crate) sunken: Rgb,
    pub(crate) line: Rgb,
    pub(crate) line_strong: Rgb,
}

const LIGHT: Palette = Palette {
    bg: [0xfd, 0xfc, 0xfa],
    side: [0xf4, 0xf2, 0xee],
    raised: [0xff, 0xff, 0xff],
    sunken: [0xf3, 0xf1, 0xec],
    line: [0xe3, 0xdf, 0xd7],
    line_strong: [0xcb, 0xc5, 0xba],
};
const DARK: Palette = Palette {
    bg: [0x1a, 0x1b, 0x1c],
    side: [0x15, 0x16, 0x17],
    raised: [0x23, 0x25, 0x27],
    sunken: [0x20, 0x22, 0x24],
    line: [0x2d, 0x2f, 0x31],
    line_strong: [0x46, 0x49, 0x4c],
};

/// The palette of a resolved theme.
pub(crate) fn palette(theme: tauri::Theme) -> Palette {
    if theme == tauri::Theme::Dark { DARK } else { LIGHT }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: &str = include_str!("../../ui/src/style/tokens.css");

    fn check(palette: Palette, block: &str) {
        let parts = [
            ("bg", palette.bg),
            ("side", palette.side),
            ("raised", palette.raised),
            ("sunken", palette.sunken),
            ("line", palette.line),
            ("line-strong", palette.line_strong),
        ];
        for (name, [red, green, blue]) in parts {
            let token = format!("--{name}: #{red:02x}{green:02x}{blue:02x};");
            assert!(block.contains(&token), "the page has another {name} than {token}");
        }
    }

    #[test]
    fn the_skeleton_has_the_pages_colours() {
        let (_, dark) = TOKENS.split_once("[data-theme=\"dark\"] {").expect("the tokens have a dark block");
        let (light, _) = TOKENS.split_once("@media").expect("the light block comes first");
        check(LIGHT, light);
        check(DARK, dark);
    }
}

//! Figures as pixels, with a font of their own: the machine need not have any.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use std::sync::{Arc, OnceLock};

/// Pixels of the image for each of the figure's: for screens of high density, and print.
const FACTOR: f32 = 2.0;

/// Draws an SVG image that [`super::canvas::svg`] made, as the content of a PNG file.
pub fn png(svg: &str) -> Result<Vec<u8>, String> {
    let options = Options { fontdb: fonts(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|e| e.to_string())?;
    let size = tree.size().to_int_size().scale_by(FACTOR).ok_or("no size")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("too large")?;
    resvg::render(&tree, Transform::from_scale(FACTOR, FACTOR), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| e.to_string())
}

/// Noto Sans, under the SIL Open Font License, and nothing of the machine's.
fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        for face in [notosans::REGULAR_TTF, notosans::BOLD_TTF] {
            fonts.load_font_data(face.to_vec());
        }
        fonts.set_sans_serif_family("Noto Sans");
        Arc::new(fonts)
    };
    FONTS.get_or_init(load).clone()
}

#[cfg(test)]
mod tests {
    use super::super::canvas;
    use super::super::style::Text;
    use super::*;

    fn dark_pixels(text: &str) -> usize {
        let image = canvas::svg((400, 60), |area| Ok(area.draw(&Text::title(text).at((10, 10)))?));
        let image = Pixmap::decode_png(&png(&image.unwrap()).unwrap()).unwrap();
        assert_eq!((image.width(), image.height()), (800, 120));
        image.pixels().iter().filter(|pixel| pixel.red() < 128).count()
    }

    #[test]
    fn text_is_drawn_without_any_font_of_the_machine() {
        assert_eq!(dark_pixels(" "), 0);
        let (short, long) = (dark_pixels("DeepFM"), dark_pixels("DeepFM DeepFM"));
        assert!(short > 300 && long > 3 * short / 2, "{short} {long}");
    }

    #[test]
    fn letters_that_no_image_may_hold_do_not_stop_it() {
        assert!(dark_pixels("a\u{ffff}\u{fffe}\u{0}b") > 0);
    }

    #[test]
    fn no_image_is_an_error() {
        assert!(png("nothing").is_err());
    }
}

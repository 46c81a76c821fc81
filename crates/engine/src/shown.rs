//! Code within f-strings: what may be written there, and what is shown of it.

use spacetime_semantic::Doubt;
use spacetime_syntax::ast::{Expr, FString, FStringPart, InterpolatedStringElements, StringFlags};
use spacetime_syntax::{Node, Tree};
use spacetime_text::{Edits, Ranged, Span};

/// The first version in which what stands in an f-string may be written as anywhere.
const FREE: u8 = 12;

/// The replacement fields of a file.
#[derive(Debug, Default)]
pub struct Fields(Vec<Field>);

#[derive(Debug)]
struct Field {
    span: Span,
    /// `{expression=}`
    shows_its_text: bool,
    quote: char,
}

impl Fields {
    pub fn of(tree: &Tree<'_>) -> Self {
        let mut fields = Self::default();
        for id in tree.ids() {
            let Node::Expr(Expr::FString(text)) = tree.node(id) else { continue };
            for part in &text.value {
                if let FStringPart::FString(part) = part {
                    fields.add(part, &part.elements);
                }
            }
        }
        fields
    }

    fn add(&mut self, text: &FString, elements: &InterpolatedStringElements) {
        for element in elements.interpolations() {
            let quote = text.flags.quote_style().as_char();
            let shows_its_text = element.debug_text.is_some();
            self.0.push(Field { span: element.range(), shows_its_text, quote });
            if let Some(format) = &element.format_spec {
                self.add(text, &format.elements);
            }
        }
    }

    /// Whether code in an f-string may be edited like this.
    ///
    /// # Errors
    /// A doubt that says why not.
    pub fn check(&self, edits: &Edits, target_minor: u8) -> Result<(), Doubt> {
        for edit in edits.iter() {
            for field in self.0.iter().filter(|field| field.span.contains_range(edit.span)) {
                if field.shows_its_text {
                    return Err(Doubt::new("it stands in an f-string that shows its text"));
                }
                if target_minor < FREE && edit.text.contains([field.quote, '\\', '#', '\n']) {
                    return Err(Doubt::new(
                        "it stands in an f-string, where Python 3.11 cannot have the new code",
                    ));
                }
            }
        }
        Ok(())
    }
}

//! Sizes in bytes or items, as formulas in the program's own quantities.
//!
//! A quantity is a piece of source text that a user recognises, `len(rows)`
//! or `n`; a size is a sum of products of quantities with constant factors.
//! What is known is a number; what is not stays a formula.

use std::collections::BTreeMap;
use std::fmt;

/// A sum of terms, each a factor times quantities: `38·len(xs) + 56`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Size {
    /// Sorted quantities of a term, and its factor. The empty product is the constant.
    terms: BTreeMap<Vec<String>, f64>,
}

impl Size {
    pub fn zero() -> Self {
        Self::default()
    }

    pub fn number(value: f64) -> Self {
        let mut size = Self::zero();
        size.add_term(Vec::new(), value);
        size
    }

    pub fn quantity(name: impl Into<String>) -> Self {
        let mut size = Self::zero();
        size.add_term(vec![name.into()], 1.0);
        size
    }

    fn add_term(&mut self, product: Vec<String>, factor: f64) {
        let sum = self.terms.get(&product).copied().unwrap_or(0.0) + factor;
        if sum == 0.0 {
            self.terms.remove(&product);
        } else {
            self.terms.insert(product, sum);
        }
    }

    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        for (product, factor) in &other.terms {
            sum.add_term(product.clone(), *factor);
        }
        sum
    }

    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let mut result = Self::zero();
        for (left, a) in &self.terms {
            for (right, b) in &other.terms {
                let mut product: Vec<String> = left.iter().chain(right).cloned().collect();
                product.sort();
                result.add_term(product, a * b);
            }
        }
        result
    }

    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        self.times(&Self::number(factor))
    }

    /// The number, where no quantity is unknown.
    pub fn as_number(&self) -> Option<f64> {
        match self.terms.len() {
            0 => Some(0.0),
            1 => self.terms.get(&Vec::new()).copied(),
            _ => None,
        }
    }

    /// The quantity, where the size is just one.
    pub fn sole_quantity(&self) -> Option<&str> {
        match self.terms.iter().next() {
            Some((product, factor)) if self.terms.len() == 1 && (*factor - 1.0).abs() < 1e-9 => {
                match &product[..] {
                    [quantity] => Some(quantity),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The quantities that occur, sorted.
    pub fn quantities(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.terms.keys().flatten().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The number that results when `given` answers for every quantity.
    pub fn evaluate(&self, given: &dyn Fn(&str) -> Option<f64>) -> Option<f64> {
        self.terms.iter().try_fold(0.0, |sum, (product, factor)| {
            let value = product.iter().try_fold(*factor, |value, name| Some(value * given(name)?))?;
            Some(sum + value)
        })
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.terms.is_empty() {
            return f.write_str("0");
        }
        // The largest products first, the constant last.
        let mut terms: Vec<_> = self.terms.iter().collect();
        terms.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(b.0)));
        for (i, (product, factor)) in terms.into_iter().enumerate() {
            if i > 0 {
                f.write_str(" + ")?;
            }
            if product.is_empty() || (*factor - 1.0).abs() > 1e-9 {
                write!(f, "{}", round(*factor))?;
                if !product.is_empty() {
                    f.write_str("·")?;
                }
            }
            f.write_str(&product.join("·"))?;
        }
        Ok(())
    }
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_evaluates_formulas() {
        let n = Size::quantity("len(xs)");
        let size = n.times(&n).scaled(8.0).plus(&n.scaled(38.0)).plus(&Size::number(56.0));
        assert_eq!(size.to_string(), "8·len(xs)·len(xs) + 38·len(xs) + 56");
        assert_eq!(size.evaluate(&|_| Some(10.0)), Some(800.0 + 380.0 + 56.0));
        assert_eq!(size.evaluate(&|_| None), None);
        assert_eq!(Size::number(3.0).as_number(), Some(3.0));
        assert_eq!(n.plus(&n.scaled(-1.0)), Size::zero());
    }
}

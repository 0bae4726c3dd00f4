//! The table: medians, their spread, ratios, and the bounds that the project has set itself.

use super::memory::Dialogs;

/// What a figure counts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    /// Given in KiB, printed in MiB.
    KiB,
    /// Given in seconds, printed in milliseconds.
    Ms,
    /// How many.
    Count,
}

/// One row.
#[derive(Debug)]
pub(crate) struct Row {
    title: &'static str,
    ours: String,
    other: String,
    ratio: f64,
    bound: f64,
}

impl Row {
    /// Our figure against the minimal app's.
    pub(crate) fn against(
        title: &'static str,
        unit: Unit,
        ours: &[f64],
        minimal: &[f64],
        bound: f64,
    ) -> Self {
        // Of counts the sum is compared, of measurements the middle.
        let whole: fn(&[f64]) -> f64 = match unit {
            Unit::Count => |all| all.iter().sum(),
            Unit::KiB | Unit::Ms => median,
        };
        let ratio = whole(ours) / whole(minimal);
        Self { title, ours: unit.show(ours), other: unit.show(minimal), ratio, bound }
    }

    /// The last figure against the first.
    pub(super) fn growth(title: &'static str, dialogs: &Dialogs, bound: f64) -> Self {
        Self::against(title, Unit::KiB, &dialogs.after_last, &dialogs.after_first, bound)
    }
}

impl Unit {
    fn show(self, figures: &[f64]) -> String {
        let (factor, name) = match self {
            Self::KiB => (1.0 / 1024.0, "MiB"),
            Self::Ms => (1000.0, "ms"),
            Self::Count => (1.0, ""),
        };
        if let Self::Count = self {
            return format!("{} in all", figures.iter().sum::<f64>());
        }
        let least = figures.iter().copied().fold(f64::INFINITY, f64::min) * factor;
        let most = figures.iter().copied().fold(0.0, f64::max) * factor;
        format!("{:.1} {name} ({least:.1}–{most:.1})", median(figures) * factor)
    }
}

/// The figure in the middle.
pub(super) fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    if sorted.len().is_multiple_of(2) {
        f64::midpoint(at(middle.wrapping_sub(1)), at(middle))
    } else {
        at(middle)
    }
}

/// Prints all rows.
pub(crate) fn print(rows: &[Row], say: &dyn Fn(&str)) {
    let line = |cells: [&str; 5]| {
        let [title, ours, other, ratio, bound] = cells;
        say(&format!("{title:<42} {ours:<28} {other:<28} {ratio:>7} {bound:>7}"));
    };
    say("");
    line(["median (least–most)", "Casebridge", "compared with", "ratio", "bound"]);
    for row in rows {
        let ratio = format!("{:.2}", row.ratio);
        let bound = if row.bound.is_nan() { String::new() } else { format!("{:.2}", row.bound) };
        line([row.title, &row.ours, &row.other, &ratio, &bound]);
    }
    say("");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_figure_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]).to_bits(), 2.0_f64.to_bits());
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]).to_bits(), 2.5_f64.to_bits());
        assert!(median(&[]).is_nan());
    }
}

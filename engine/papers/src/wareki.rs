//! 和暦: dates, times and fiscal years in Japanese eras, with the weekday computed.

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike, Weekday};
use thiserror::Error;

use crate::digits::Width;

/// An era with its first day.
#[derive(Debug, PartialEq, Eq)]
pub struct Era {
    pub name: &'static str,
    /// The letter of short forms: R6.6.5.
    pub letter: char,
    /// Year, month, day.
    first: (i32, u32, u32),
}

/// The eras since Meiji, the latest first. Meiji is counted from its official first day (明治元年
/// 一月一日); Gregorian dates became those of Japan on 1873-01-01.
pub const ERAS: [Era; 5] = [
    Era {
        name: "令和",
        letter: 'R',
        first: (2019, 5, 1),
    },
    Era {
        name: "平成",
        letter: 'H',
        first: (1989, 1, 8),
    },
    Era {
        name: "昭和",
        letter: 'S',
        first: (1926, 12, 25),
    },
    Era {
        name: "大正",
        letter: 'T',
        first: (1912, 7, 30),
    },
    Era {
        name: "明治",
        letter: 'M',
        first: (1868, 1, 25),
    },
];

/// A date that no era of [`ERAS`] covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0} は明治元年（1868年1月25日）より前なので、和暦にできません。日付を確かめてください。")]
pub struct BeforeMeiji(pub NaiveDate);

/// The era of a day and its year in that era, from 1.
///
/// # Errors
/// The day lies before Meiji.
pub fn era_year(date: NaiveDate) -> Result<(&'static Era, u32), BeforeMeiji> {
    let day = (date.year(), date.month(), date.day());
    let era = ERAS
        .iter()
        .find(|era| era.first <= day)
        .ok_or(BeforeMeiji(date))?;
    let year = u32::try_from(date.year() - era.first.0 + 1).map_err(|_| BeforeMeiji(date))?;
    Ok((era, year))
}

/// 令和6年6月5日（水）, in half-width digits; of a day before all eras 1867-12-31.
pub fn day(date: NaiveDate) -> String {
    self::date(date, Width::Half).unwrap_or_else(|_| date.to_string())
}

/// 令和６年６月５日（水）
///
/// # Errors
/// The day lies before Meiji.
pub fn date(date: NaiveDate, width: Width) -> Result<String, BeforeMeiji> {
    Ok(format!("{}（{}）", date_only(date, width)?, weekday(date)))
}

/// 令和６年６月５日
///
/// # Errors
/// The day lies before Meiji.
pub fn date_only(date: NaiveDate, width: Width) -> Result<String, BeforeMeiji> {
    let (era, year) = era_year(date)?;
    let rest = width.set(&format!("年{}月{}日", date.month(), date.day()));
    Ok(format!("{}{}{rest}", era.name, ordinal(year, width)))
}

/// R6.6.5, always half-width.
///
/// # Errors
/// The day lies before Meiji.
pub fn short(date: NaiveDate) -> Result<String, BeforeMeiji> {
    let (era, year) = era_year(date)?;
    Ok(format!(
        "{}{year}.{}.{}",
        era.letter,
        date.month(),
        date.day()
    ))
}

/// 午後１時３０分; 午後１時 on the hour; 正午 at twelve.
pub fn time(time: NaiveTime, width: Width) -> String {
    if (time.hour(), time.minute()) == (12, 0) {
        return "正午".to_owned();
    }
    let (afternoon, hour) = time.hour12();
    let half = if afternoon { "午後" } else { "午前" };
    let minute = match time.minute() {
        0 => String::new(),
        minute => format!("{minute}分"),
    };
    width.set(&format!("{half}{}時{minute}", hour % 12))
}

/// 月 to 日.
pub fn weekday(date: NaiveDate) -> &'static str {
    match date.weekday() {
        Weekday::Mon => "月",
        Weekday::Tue => "火",
        Weekday::Wed => "水",
        Weekday::Thu => "木",
        Weekday::Fri => "金",
        Weekday::Sat => "土",
        Weekday::Sun => "日",
    }
}

/// The fiscal year of a day by the year in which its April lies: 2024-03-31 is in 2023.
pub fn fiscal_year_of(date: NaiveDate) -> i32 {
    if date.month() < 4 {
        date.year() - 1
    } else {
        date.year()
    }
}

/// 令和５年度 for 2023. A fiscal year in which the era changed is named by the new one: 2019 is
/// 令和元年度; where the new era began after New Year, by the old one: 1988 is 昭和６３年度.
///
/// # Errors
/// The year lies before Meiji.
pub fn fiscal_year(year: i32, width: Width) -> Result<String, BeforeMeiji> {
    let (era, number) = fiscal_era(year)?;
    Ok(format!("{}{}年度", era.name, ordinal(number, width)))
}

/// The abbreviation of notes: Ｒ４ (full width), R4 (half width), for 2022.
///
/// # Errors
/// The year lies before Meiji.
pub fn fiscal_short(year: i32, width: Width) -> Result<String, BeforeMeiji> {
    let (era, number) = fiscal_era(year)?;
    let letter = match width {
        Width::Full | Width::SingleFull => crate::digits::widen(era.letter),
        Width::Half | Width::AsTyped => era.letter,
    };
    Ok(format!("{letter}{}", width.set(&number.to_string())))
}

fn fiscal_era(year: i32) -> Result<(&'static Era, u32), BeforeMeiji> {
    let day = |year, month, day| {
        NaiveDate::from_ymd_opt(year, month, day).ok_or(BeforeMeiji(NaiveDate::MIN))
    };
    let (era, last) = era_year(day(year.saturating_add(1), 3, 31)?)?;
    if last > 1 {
        return Ok((era, last - 1));
    }
    era_year(day(year, 4, 1)?)
}

fn ordinal(year: u32, width: Width) -> String {
    if year == 1 {
        "元".to_owned()
    } else {
        width.set(&year.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a real day")
    }

    #[test]
    fn dates_as_they_are_printed() {
        let expected = [
            ((2024, 6, 5), "令和６年６月５日（水）"),
            ((2019, 5, 1), "令和元年５月１日（水）"),
            ((2019, 4, 30), "平成３１年４月３０日（火）"),
            ((1989, 1, 8), "平成元年１月８日（日）"),
            ((1989, 1, 7), "昭和６４年１月７日（土）"),
            ((1926, 12, 25), "昭和元年１２月２５日（土）"),
            ((1912, 7, 30), "大正元年７月３０日（火）"),
            ((1912, 7, 29), "明治４５年７月２９日（月）"),
        ];
        for ((year, month, day), text) in expected {
            assert_eq!(date(on(year, month, day), Width::Full).as_deref(), Ok(text));
        }
        assert_eq!(
            date_only(on(2024, 12, 31), Width::Half).as_deref(),
            Ok("令和6年12月31日")
        );
        assert_eq!(
            date_only(on(2024, 12, 1), Width::SingleFull).as_deref(),
            Ok("令和６年12月１日")
        );
        assert_eq!(short(on(2024, 6, 5)).as_deref(), Ok("R6.6.5"));
        assert_eq!(short(on(2017, 1, 19)).as_deref(), Ok("H29.1.19"));
    }

    #[test]
    fn before_meiji_there_is_no_era() {
        assert!(date(on(1868, 1, 24), Width::Full).is_err());
        assert!(date(on(1868, 1, 25), Width::Full).is_ok());
        assert!(fiscal_year(1866, Width::Full).is_err());
        assert!(fiscal_year(i32::MAX, Width::Full).is_err());
    }

    #[test]
    fn times_as_they_are_spoken() {
        let at = |h, m| NaiveTime::from_hms_opt(h, m, 0).expect("a real time");
        assert_eq!(time(at(13, 30), Width::Full), "午後１時３０分");
        assert_eq!(time(at(9, 0), Width::Full), "午前９時");
        assert_eq!(time(at(12, 0), Width::Full), "正午");
        assert_eq!(time(at(12, 5), Width::Half), "午後0時5分");
        assert_eq!(time(at(0, 30), Width::Full), "午前０時３０分");
    }

    #[test]
    fn fiscal_years() {
        let expected = [
            (2023, "令和５年度"),
            (2019, "令和元年度"),
            (2018, "平成３０年度"),
            (1988, "昭和６３年度"),
            (1989, "平成元年度"),
        ];
        for (year, name) in expected {
            assert_eq!(fiscal_year(year, Width::Full).as_deref(), Ok(name));
        }
        assert_eq!(fiscal_short(2022, Width::Full).as_deref(), Ok("Ｒ４"));
        assert_eq!(fiscal_short(2022, Width::Half).as_deref(), Ok("R4"));
        assert_eq!(fiscal_year_of(on(2024, 3, 31)), 2023);
        assert_eq!(fiscal_year_of(on(2024, 4, 1)), 2024);
    }
}

//! The day of a meeting: who came, and whether enough did (定足数).

use serde::{Deserialize, Serialize};

use crate::body::{Body, Quorum};

/// What is recorded on the day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    pub attendance: Vec<Attended>,
    /// 傍聴者; none: not recorded.
    pub observers: Option<u32>,
    /// 13:30, as typed on the page.
    pub began: Option<String>,
    pub ended: Option<String>,
    /// Why the public was not admitted; none: 公開.
    pub closed_because: Option<String>,
    /// 事務局職氏名, one a line.
    pub staff: String,
}

/// A member, and whether they came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attended {
    pub org: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub role: String,
    /// None: not recorded yet.
    #[serde(default)]
    pub presence: Option<Presence>,
    /// Who came in their place.
    #[serde(default)]
    pub proxy: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Present,
    Online,
    /// Somebody else came: that is no attendance of the member.
    Proxy,
    Absent,
}

/// How many came, and whether that is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turnout {
    pub members: u32,
    /// In the room or online.
    pub present: u32,
    pub online: u32,
    pub proxies: u32,
    pub absent: u32,
    /// Nobody has said yet.
    pub unknown: u32,
    /// How many must come; none without a rule.
    pub needed: Option<u32>,
    /// Whether the meeting stands; none without a rule, or while it is not known of everybody.
    pub stands: Option<bool>,
    /// 委員15人中13人出席（過半数）により会議は成立
    pub sentence: String,
}

impl Presence {
    pub const ALL: [Presence; 4] = [
        Presence::Present,
        Presence::Online,
        Presence::Proxy,
        Presence::Absent,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Presence::Present => "出席",
            Presence::Online => "オンライン",
            Presence::Proxy => "代理",
            Presence::Absent => "欠席",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Presence::Present => "present",
            Presence::Online => "online",
            Presence::Proxy => "proxy",
            Presence::Absent => "absent",
        }
    }

    pub fn of(code: &str) -> Option<Presence> {
        Presence::ALL.into_iter().find(|one| one.code() == code)
    }
}

impl Day {
    /// The members of a body on a day, before anybody has come: a line for each seat.
    pub fn expected(body: &Body, on: chrono::NaiveDate) -> Vec<Attended> {
        let seated = body.members.iter().filter(|member| {
            member.from.is_none_or(|from| from <= on) && member.to.is_none_or(|to| on <= to)
        });
        let seats = seated.flat_map(|member| {
            let seat = Attended {
                org: member.org.clone(),
                name: member.name.clone().unwrap_or_default(),
                role: member.role.clone().unwrap_or_default(),
                ..Attended::default()
            };
            let seats = usize::try_from(member.count.unwrap_or(1)).unwrap_or(1);
            std::iter::repeat_n(seat, seats)
        });
        seats.collect()
    }

    pub fn turnout(&self, quorum: Option<&Quorum>) -> Turnout {
        let count = |presence: Option<Presence>| {
            let same = self
                .attendance
                .iter()
                .filter(|one| one.presence == presence);
            u32::try_from(same.count()).unwrap_or(u32::MAX)
        };
        let online = count(Some(Presence::Online));
        let mut turnout = Turnout {
            members: u32::try_from(self.attendance.len()).unwrap_or(u32::MAX),
            present: count(Some(Presence::Present)) + online,
            online,
            proxies: count(Some(Presence::Proxy)),
            absent: count(Some(Presence::Absent)),
            unknown: count(None),
            needed: None,
            stands: None,
            sentence: String::new(),
        };
        turnout.needed = quorum
            .and_then(|quorum| quorum.needed(turnout.members))
            .filter(|_| turnout.members > 0);
        let enough = turnout.needed.map(|needed| turnout.present >= needed);
        // Enough is enough, whoever else comes.
        turnout.stands = enough.filter(|enough| *enough || turnout.unknown == 0);
        turnout.sentence = turnout.said(quorum);
        turnout
    }
}

impl Turnout {
    fn said(&self, quorum: Option<&Quorum>) -> String {
        let beside = [
            (self.online, "うちオンライン"),
            (self.proxies, "ほかに代理"),
        ];
        let beside: Vec<String> = beside
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{what}{count}人"))
            .collect();
        let beside = match beside.is_empty() {
            true => String::new(),
            false => format!("。{}", beside.join("、")),
        };
        let came = format!("委員{}人中{}人出席", self.members, self.present);
        match (self.stands, self.needed) {
            (_, _) if self.members == 0 => "委員の出欠はまだ記録されていません".to_owned(),
            (Some(true), _) => format!(
                "{came}（{}）により会議は成立{beside}",
                quorum.map_or(String::new(), rule)
            ),
            (Some(false), Some(needed)) => {
                format!("{came}。定足数の{needed}人に満たないため、会議は成立していない{beside}")
            }
            (None, Some(needed)) => format!(
                "{came}（定足数{needed}人、出欠の未記入{}人）{beside}",
                self.unknown
            ),
            _ => format!("{came}{beside}"),
        }
    }
}

/// 過半数, ３分の２を超える出席
fn rule(quorum: &Quorum) -> String {
    match quorum.more_than {
        [1, 2] => "過半数".to_owned(),
        [part, whole] => format!("{whole}分の{part}を超える出席"),
    }
}

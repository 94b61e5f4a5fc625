//! The patterns that are not supported, under the words with which an author would ask for them.
//!
//! A step opens when the steps it follows are settled; there are no tokens that run along the arrows and
//! are counted. So no join can leak a token or hang for one, and what could only be said with tokens is
//! refused here, with what to write instead. Numbers are those of workflowpatterns.com.

use rhai::{Dynamic, Engine};

use super::draft::StepDraft;

struct Unsupported {
    /// With one argument of any type, or none.
    words: [&'static str; 2],
    pattern: u8,
    name: &'static str,
    why: &'static str,
    instead: &'static str,
}

const UNSUPPORTED: [Unsupported; 8] = [
    Unsupported {
        words: ["after_each", "multi_merge"],
        pattern: 8,
        name: "複数合流",
        why: "前のステップが終わるたびに同じステップが何度も始まり、何回行うのかが前もってわかりません",
        instead: "回数だけ行うなら per(一覧)、全部がそろってから1回行うなら after([…]) と書いてください。",
    },
    Unsupported {
        words: ["in_any_order", "interleaved"],
        pattern: 17,
        name: "順不同の逐次実行",
        why: "どれを先に行うかをその場で選ぶので、これからの日程を示せません",
        instead: "同時に1つだけ行うなら、それぞれのステップに alone(\"名前\") を付けてください。順番は after で決めます。",
    },
    Unsupported {
        words: ["after_first", "blocking_discriminator"],
        pattern: 28,
        name: "待ち合わせ付きの先着合流",
        why: "遅れたものが全部そろうまで次の回を始められず、1つでも終わらないと止まったままになります",
        instead: "先に終わったほうで進むなら after_any([…])、残りを取りやめるなら withdraw([…]) を足してください。",
    },
    Unsupported {
        words: ["after_some", "blocking_join"],
        pattern: 31,
        name: "待ち合わせ付きの一部合流",
        why: "遅れたものが全部そろうまで次の回を始められず、1つでも終わらないと止まったままになります",
        instead: "決まった数で進むなら after([…]).need(n)、残りを取りやめるなら withdraw([…]) を足してください。",
    },
    Unsupported {
        words: ["after_rounds", "and_join"],
        pattern: 33,
        name: "一般化した全合流",
        why: "前のステップが先に進んだ回数を1つずつ数えて組にするので、片方だけやり直すと永久に待ちます",
        instead: "after([…]) と書いてください。やり直しは reopen か sendback で、その先も一緒にやり直します。",
    },
    Unsupported {
        words: ["after_active", "sync_merge"],
        pattern: 38,
        name: "一般的な同期合流",
        why: "まだ届くかもしれないものを計画全体から推し量るので、互いに待ち合うと止まったままになります",
        instead: "after([…]) と書いてください。行わないことになったステップは待たずに進みます。",
    },
    Unsupported {
        words: ["merge_threads", "thread_merge"],
        pattern: 41,
        name: "流れの併合",
        why: "流れの本数を数えて1本にまとめるので、1本でも欠けると止まったままになります",
        instead: "項目ごとの仕事は per(一覧) で書き、まとめる側に after(\"…\") を付けてください。",
    },
    Unsupported {
        words: ["split_threads", "thread_split"],
        pattern: 42,
        name: "流れの分割",
        why: "1本の流れを何本かに増やすと、後でどれを待てばよいかが決まりません",
        instead: "同じことを何件か行うなら、per(一覧) と書いてください。",
    },
];

pub(super) fn register(engine: &mut Engine) {
    for found in &UNSUPPORTED {
        for word in found.words {
            engine.register_fn(word, |step: StepDraft| refuse(step, word, found));
            engine.register_fn(word, |step: StepDraft, _: Dynamic| {
                refuse(step, word, found)
            });
        }
    }
}

fn refuse(mut step: StepDraft, word: &str, found: &Unsupported) -> StepDraft {
    let Unsupported {
        pattern, name, why, ..
    } = found;
    step.problem(
        "cycle.unsupported",
        format!("{word} は使えません（パターン{pattern}「{name}」）。{why}"),
        found.instead,
    );
    step
}

//! Lines for errors without one: the interpreter forgets where it was when it hits a limit.

use std::collections::BTreeMap;

use rhai::{AST, ASTNode, EvalAltResult as Run, Stmt};

#[derive(Debug, Clone)]
pub(super) struct Places {
    functions: BTreeMap<String, u32>,
    loops: Vec<u32>,
}

impl Places {
    pub(super) fn of(ast: &AST, text: &str) -> Places {
        let mut loops = Vec::new();
        ast.walk(&mut |path: &[ASTNode]| {
            if let Some(ASTNode::Stmt(Stmt::While(_, at) | Stmt::Do(_, _, at) | Stmt::For(_, at))) =
                path.last()
            {
                loops.extend(at.line().and_then(|line| u32::try_from(line).ok()));
            }
            true
        });
        let functions = ast.iter_functions().filter_map(|function| {
            let head = format!("fn {}(", function.name);
            let line = text
                .lines()
                .position(|line| line.trim_start().starts_with(&head))?;
            Some((function.name.to_owned(), u32::try_from(line).ok()? + 1))
        });
        Places {
            functions: functions.collect(),
            loops,
        }
    }

    /// The only loop of the script for an error that a loop brings about, or else the function that was called.
    pub(super) fn line(&self, function: &str, error: &Run) -> Option<u32> {
        match (error, self.loops.as_slice()) {
            (Run::ErrorStackOverflow(_), _) => {}
            (_, [line]) => return Some(*line),
            _ => {}
        }
        self.function(function)
    }

    pub(super) fn function(&self, name: &str) -> Option<u32> {
        self.functions.get(name).copied()
    }
}

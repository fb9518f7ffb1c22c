//! Reading a path into XML, with a limit on what may stand within what.

use super::{AXES, Axis, Expr, Function, NodeTest, Order, Start, Step};

const MAX_DEPTH: usize = 12;

/// The path that all of `text` is.
pub(super) fn path(text: &str) -> Option<Expr> {
    let mut reader = Reader { rest: text.trim(), depth: 0 };
    let expr = reader.union()?;
    reader.rest.is_empty().then_some(expr)
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl Reader<'_> {
    fn take(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let whole = rest.strip_prefix(word).is_some_and(|rest| rest.starts_with(char::is_whitespace));
        whole && self.take(word)
    }

    fn or(&mut self) -> Option<Expr> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut left = self.and()?;
        while self.word("or") {
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        self.depth -= 1;
        Some(left)
    }

    fn and(&mut self) -> Option<Expr> {
        let mut left = self.compare()?;
        while self.word("and") {
            left = Expr::And(Box::new(left), Box::new(self.compare()?));
        }
        Some(left)
    }

    fn compare(&mut self) -> Option<Expr> {
        let left = self.union()?;
        let orders = [
            ("!=", Order::Other),
            ("<=", Order::AtMost),
            (">=", Order::AtLeast),
            ("=", Order::Same),
            ("<", Order::Less),
            (">", Order::More),
        ];
        match orders.into_iter().find(|(token, _)| self.take(token)) {
            Some((_, order)) => Some(Expr::Compare(order, Box::new(left), Box::new(self.union()?))),
            None => Some(left),
        }
    }

    fn union(&mut self) -> Option<Expr> {
        let mut left = self.primary()?;
        while self.take("|") {
            left = Expr::Union(Box::new(left), Box::new(self.primary()?));
        }
        Some(left)
    }

    fn primary(&mut self) -> Option<Expr> {
        if self.take("(") {
            let inner = self.or()?;
            return self.take(")").then_some(inner);
        }
        self.rest = self.rest.trim_start();
        for quote in ['"', '\''] {
            if let Some(inner) = self.rest.strip_prefix(quote) {
                let (text, rest) = inner.split_once(quote)?;
                self.rest = rest;
                return Some(Expr::Text(text.to_owned()));
            }
        }
        if self.rest.starts_with(|char: char| char.is_ascii_digit() || char == '-') {
            return self.number();
        }
        match self.function() {
            Some(function) => self.call(function),
            None => self.location(),
        }
    }

    fn number(&mut self) -> Option<Expr> {
        let end = self.rest[1..].find(|char: char| !char.is_ascii_digit() && char != '.').map_or(self.rest.len(), |at| at + 1);
        let number = self.rest[..end].parse().ok()?;
        self.rest = &self.rest[end..];
        Some(Expr::Number(number))
    }

    fn function(&mut self) -> Option<Function> {
        let functions = [
            ("position", Function::Position),
            ("last", Function::Last),
            ("count", Function::Count),
            ("not", Function::Not),
            ("true", Function::True),
            ("false", Function::False),
            ("contains", Function::Contains),
            ("starts-with", Function::StartsWith),
            ("local-name", Function::Name),
            ("name", Function::Name),
            ("string-length", Function::Length),
            ("string", Function::Text),
            ("number", Function::Number),
            ("normalize-space", Function::Trimmed),
        ];
        let (name, function) =
            functions.into_iter().find(|(name, _)| self.rest.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('(')))?;
        self.rest = self.rest[name.len()..].trim_start().strip_prefix('(')?;
        Some(function)
    }

    fn call(&mut self, function: Function) -> Option<Expr> {
        let mut arguments = Vec::new();
        while !self.take(")") {
            if !arguments.is_empty() && !self.take(",") {
                return None;
            }
            arguments.push(self.or()?);
        }
        let fits = match function {
            Function::Position | Function::Last | Function::True | Function::False => arguments.is_empty(),
            Function::Count | Function::Not => arguments.len() == 1,
            Function::Contains | Function::StartsWith => arguments.len() == 2,
            Function::Name | Function::Text | Function::Number | Function::Length | Function::Trimmed => arguments.len() <= 1,
        };
        fits.then_some(Expr::Call(function, arguments))
    }

    fn location(&mut self) -> Option<Expr> {
        let anywhere = || Step { axis: Axis::DescendantOrSelf, test: NodeTest::Node, predicates: Vec::new() };
        let mut steps = Vec::new();
        let start = if self.take("//") {
            steps.push(anywhere());
            Start::Root
        } else if self.take("/") {
            Start::Root
        } else {
            Start::Here
        };
        loop {
            steps.push(self.step()?);
            if self.take("//") {
                steps.push(anywhere());
            } else if !self.take("/") {
                return Some(Expr::Path(start, steps));
            }
        }
    }

    fn step(&mut self) -> Option<Step> {
        if self.take("..") {
            return Some(Step { axis: Axis::Parent, test: NodeTest::Node, predicates: Vec::new() });
        }
        if self.take(".") {
            return Some(Step { axis: Axis::Own, test: NodeTest::Node, predicates: Vec::new() });
        }
        let axis = if self.take("@") {
            Axis::Attribute
        } else {
            let named = AXES.iter().find(|(name, _)| self.rest.strip_prefix(name).is_some_and(|rest| rest.starts_with("::")));
            if let Some((name, _)) = named {
                self.rest = &self.rest[name.len() + 2..];
            }
            named.map_or(Axis::Child, |(_, axis)| *axis)
        };
        let test = self.test()?;
        let mut predicates = Vec::new();
        while self.take("[") {
            predicates.push(self.or()?);
            if !self.take("]") {
                return None;
            }
        }
        Some(Step { axis, test, predicates })
    }

    fn test(&mut self) -> Option<NodeTest> {
        for (token, test) in
            [("*", NodeTest::Any), ("text()", NodeTest::Text), ("node()", NodeTest::Node), ("comment()", NodeTest::Comment)]
        {
            if self.take(token) {
                return Some(test);
            }
        }
        let fits = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | ':');
        let end = self.rest.find(|char| !fits(char)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        let named = name.starts_with(|char: char| char.is_alphabetic() || char == '_') && !name.ends_with(':') && !name.contains("::");
        self.rest = rest;
        // A prefix only abbreviates a namespace; the name itself decides.
        named.then(|| NodeTest::Name(name.rsplit(':').next().unwrap_or(name).to_owned()))
    }
}

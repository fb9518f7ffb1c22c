//! Following a path into XML. Node sets are kept in the document's order and without doubles.

use std::cell::Cell;
use std::collections::HashSet;

use roxmltree::{Document, Node, NodeType};

use super::{Axis, Expr, Function, NodeTest, Order, Start, Step};

/// Things that may be looked at for one answer.
const MAX_WORK: usize = 500_000;

#[derive(Clone, Copy)]
enum Item<'d> {
    Node(Node<'d, 'd>),
    Attribute(Node<'d, 'd>, usize),
}

enum Value<'d> {
    Set(Vec<Item<'d>>),
    Text(String),
    Number(f64),
    Truth(bool),
}

/// Where an expression is looked at.
#[derive(Clone, Copy)]
struct Here<'d> {
    item: Item<'d>,
    position: usize,
    last: usize,
}

/// Counts what was looked at; the same search must not take for ever on a hostile document.
struct Search {
    work: Cell<usize>,
}

/// The text of the first thing `expr` leads to; nothing when that takes too long.
pub(super) fn first(expr: &Expr, document: &Document<'_>) -> Option<String> {
    let here = Here { item: Item::Node(document.root()), position: 1, last: 1 };
    let search = Search { work: Cell::new(0) };
    match search.value(expr, here)? {
        Value::Set(items) => items.first().map(|item| search.text(*item)),
        Value::Text(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Truth(truth) => truth.then(|| "true".to_owned()),
    }
}

impl Search {
    /// Nothing once too much was looked at.
    fn spend(&self, things: usize) -> Option<()> {
        self.work.set(self.work.get().saturating_add(things));
        (self.work.get() <= MAX_WORK).then_some(())
    }

    fn value<'d>(&self, expr: &Expr, here: Here<'d>) -> Option<Value<'d>> {
        self.spend(1)?;
        Some(match expr {
            Expr::Or(left, right) => Value::Truth(self.truth(left, here)? || self.truth(right, here)?),
            Expr::And(left, right) => Value::Truth(self.truth(left, here)? && self.truth(right, here)?),
            Expr::Compare(order, left, right) => {
                let (left, right) = (self.value(left, here)?, self.value(right, here)?);
                Value::Truth(self.compared(*order, &left, &right)?)
            }
            Expr::Union(left, right) => match (self.value(left, here)?, self.value(right, here)?) {
                (Value::Set(left), Value::Set(right)) => Value::Set(ordered(left.into_iter().chain(right).collect())),
                _ => return None,
            },
            Expr::Text(text) => Value::Text(text.clone()),
            Expr::Number(number) => Value::Number(*number),
            Expr::Call(function, arguments) => self.call(*function, arguments, here)?,
            Expr::Path(start, steps) => Value::Set(self.path(*start, steps, here)?),
        })
    }

    fn truth(&self, expr: &Expr, here: Here<'_>) -> Option<bool> {
        Some(truth(&self.value(expr, here)?))
    }

    fn call<'d>(&self, function: Function, arguments: &[Expr], here: Here<'d>) -> Option<Value<'d>> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.value(argument, here)?);
        }
        let own = || self.text(here.item);
        let given = |index: usize| values.get(index).map_or_else(own, |value| self.words(value));
        Some(match function {
            Function::Position => Value::Number(count(here.position)),
            Function::Last => Value::Number(count(here.last)),
            Function::Count => match values.first() {
                Some(Value::Set(items)) => Value::Number(count(items.len())),
                _ => return None,
            },
            Function::Not => Value::Truth(!values.first().is_some_and(truth)),
            Function::True => Value::Truth(true),
            Function::False => Value::Truth(false),
            Function::Contains => Value::Truth(given(0).contains(&given(1))),
            Function::StartsWith => Value::Truth(given(0).starts_with(&given(1))),
            Function::Name => match values.first() {
                Some(Value::Set(items)) => Value::Text(items.first().map(|item| name(*item).to_owned()).unwrap_or_default()),
                _ => Value::Text(name(here.item).to_owned()),
            },
            Function::Text => Value::Text(given(0)),
            Function::Number => Value::Number(number(&given(0))),
            Function::Length => Value::Number(count(given(0).chars().count())),
            Function::Trimmed => Value::Text(given(0).split_whitespace().collect::<Vec<_>>().join(" ")),
        })
    }

    fn path<'d>(&self, start: Start, steps: &[Step], here: Here<'d>) -> Option<Vec<Item<'d>>> {
        let mut items = match (start, here.item) {
            (Start::Here, item) => vec![item],
            (Start::Root, Item::Node(node) | Item::Attribute(node, _)) => vec![Item::Node(node.document().root())],
        };
        for step in steps {
            let mut found = Vec::new();
            for item in &items {
                found.extend(self.step(step, *item)?);
            }
            items = ordered(found);
        }
        Some(items)
    }

    fn step<'d>(&self, step: &Step, from: Item<'d>) -> Option<Vec<Item<'d>>> {
        let all = along(step.axis, from);
        self.spend(all.len())?;
        let mut items: Vec<Item<'d>> = all.into_iter().filter(|item| fits(&step.test, *item)).collect();
        for predicate in &step.predicates {
            let last = items.len();
            let mut kept = Vec::new();
            for (index, item) in items.into_iter().enumerate() {
                let holds = match self.value(predicate, Here { item, position: index + 1, last })? {
                    Value::Number(number) => (number - count(index + 1)).abs() < f64::EPSILON,
                    value @ (Value::Set(_) | Value::Text(_) | Value::Truth(_)) => truth(&value),
                };
                if holds {
                    kept.push(item);
                }
            }
            items = kept;
        }
        Some(items)
    }

    fn text(&self, item: Item<'_>) -> String {
        let node = match item {
            Item::Attribute(node, index) => return node.attributes().nth(index).map_or_else(String::new, |found| found.value().to_owned()),
            Item::Node(node) => node,
        };
        match node.node_type() {
            NodeType::Text | NodeType::Comment | NodeType::PI => node.text().unwrap_or_default().to_owned(),
            NodeType::Root | NodeType::Element => {
                let _ = self.spend(node.descendants().len());
                node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
            }
        }
    }

    fn words(&self, value: &Value<'_>) -> String {
        match value {
            Value::Set(items) => items.first().map(|item| self.text(*item)).unwrap_or_default(),
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Truth(truth) => truth.to_string(),
        }
    }

    /// Any thing of a set may fit; with a number on either side, as numbers.
    fn compared(&self, order: Order, left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
        if let (Value::Truth(stated), other) | (other, Value::Truth(stated)) = (left, right) {
            return Some((*stated == truth(other)) == (order == Order::Same));
        }
        let counts = matches!(left, Value::Number(_)) || matches!(right, Value::Number(_));
        let (left, right) = (self.all(left)?, self.all(right)?);
        self.spend(left.len().saturating_mul(right.len()))?;
        Some(left.iter().any(|left| right.iter().any(|right| holds(order, left, right, counts))))
    }

    fn all(&self, value: &Value<'_>) -> Option<Vec<String>> {
        let Value::Set(items) = value else {
            return Some(vec![self.words(value)]);
        };
        items.iter().map(|item| self.spend(1).map(|()| self.text(*item))).collect()
    }
}

fn along(axis: Axis, from: Item<'_>) -> Vec<Item<'_>> {
    let node = match from {
        Item::Node(node) => node,
        Item::Attribute(owner, _) => {
            return match axis {
                Axis::Parent | Axis::Ancestor => vec![Item::Node(owner)],
                Axis::Own | Axis::DescendantOrSelf | Axis::AncestorOrSelf => vec![from],
                Axis::Child | Axis::Descendant | Axis::Attribute | Axis::Following | Axis::Preceding => Vec::new(),
            };
        }
    };
    match axis {
        Axis::Child => node.children().map(Item::Node).collect(),
        Axis::Descendant => node.descendants().skip(1).map(Item::Node).collect(),
        Axis::DescendantOrSelf => node.descendants().map(Item::Node).collect(),
        Axis::Parent => node.parent().map(Item::Node).into_iter().collect(),
        Axis::Ancestor => node.ancestors().skip(1).map(Item::Node).collect(),
        Axis::AncestorOrSelf => node.ancestors().map(Item::Node).collect(),
        Axis::Own => vec![from],
        Axis::Attribute => (0..node.attributes().len()).map(|index| Item::Attribute(node, index)).collect(),
        Axis::Following => node.next_siblings().skip(1).map(Item::Node).collect(),
        Axis::Preceding => node.prev_siblings().skip(1).map(Item::Node).collect(),
    }
}

fn fits(test: &NodeTest, item: Item<'_>) -> bool {
    let node = match (test, item) {
        (NodeTest::Any | NodeTest::Node, Item::Attribute(..)) => return true,
        (NodeTest::Text | NodeTest::Comment, Item::Attribute(..)) => return false,
        (NodeTest::Name(wanted), item @ Item::Attribute(..)) => return name(item) == wanted,
        (_, Item::Node(node)) => node,
    };
    match test {
        NodeTest::Any => node.is_element(),
        NodeTest::Name(wanted) => node.is_element() && node.tag_name().name() == wanted,
        NodeTest::Text => node.is_text(),
        NodeTest::Node => true,
        NodeTest::Comment => node.is_comment(),
    }
}

fn ordered(mut items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    let key = |item: &Item<'_>| match item {
        Item::Node(node) => (node.id().get(), 0),
        Item::Attribute(node, index) => (node.id().get(), index + 1),
    };
    let mut seen = HashSet::new();
    items.retain(|item| seen.insert(key(item)));
    items.sort_by_key(key);
    items
}

fn name(item: Item<'_>) -> &str {
    match item {
        Item::Node(node) => node.tag_name().name(),
        Item::Attribute(node, index) => node.attributes().nth(index).map_or("", |attribute| attribute.name()),
    }
}

fn truth(value: &Value<'_>) -> bool {
    match value {
        Value::Set(items) => !items.is_empty(),
        Value::Text(text) => !text.is_empty(),
        Value::Number(number) => *number != 0.0 && !number.is_nan(),
        Value::Truth(truth) => *truth,
    }
}

fn number(text: &str) -> f64 {
    text.trim().parse().unwrap_or(f64::NAN)
}

#[expect(clippy::cast_precision_loss, reason = "documents have fewer things than a double counts")]
fn count(count: usize) -> f64 {
    count as f64
}

fn holds(order: Order, left: &str, right: &str, counts: bool) -> bool {
    let (first, second) = (number(left), number(right));
    match order {
        Order::Same if counts => (first - second).abs() < f64::EPSILON,
        Order::Other if counts => (first - second).abs() >= f64::EPSILON,
        Order::Same => left == right,
        Order::Other => left != right,
        Order::Less => first < second,
        Order::AtMost => first <= second,
        Order::More => first > second,
        Order::AtLeast => first >= second,
    }
}

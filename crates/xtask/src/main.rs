//! Tasks of this repository.
fn main() {
    print!("{}", alcove_proto::typescript::render());
}

// A text with every kind of block, for tests and measurements.

const PART = `## Part N

A paragraph with **strong**, *soft*, \`code\`, a [link](https://example.com/a) and ~~old~~ words that goes on for a while,
over two lines, so that there is something to wrap.

- one
- two with \`code\`
  - nested
- [x] done
- [ ] open

| name | value |
| --- | ---: |
| a | 1 |
| b | 2 |

\`\`\`rust
fn main() {
    println!("hello {}", 1 + 1);
}
\`\`\`

> quoted words
> on two lines

1. first

2. second

---

`;

export function sample(parts: number): string {
  return Array.from({ length: parts }, (_, at) => PART.replace("N", String(at + 1))).join("");
}

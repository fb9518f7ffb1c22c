// Alcove's mark, drawn in the page itself: the same picture as the window's icon, without a file to wait for.

export function Mark(props: { size: number }) {
  return (
    <svg class="mark" viewBox="0 0 512 512" width={props.size} height={props.size} aria-hidden="true">
      <rect x="16" y="16" width="480" height="480" rx="112" ry="112" fill="#226354" />
      <path d="M 116 424 L 116 236 A 140 140 0 0 1 396 236 L 396 424 Z" fill="#fbf1dc" />
      <rect x="164" y="352" width="184" height="32" rx="16" ry="16" fill="#226354" />
      <path d="M 270 160 C 266 210 312 232 312 284 A 56 56 0 0 1 200 284 C 200 262 210 246 224 236 C 226 250 232 258 240 262 C 234 226 246 186 270 160 Z" fill="#226354" />
    </svg>
  );
}

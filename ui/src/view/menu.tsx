// Draws the open menu: arrows walk through it, Enter chooses, Escape and a click elsewhere close it.
import { useLayoutEffect, useRef } from "preact/hooks";
import { menu, type MenuItem } from "../state/menu.ts";
import { Icon } from "./icon.tsx";

export function MenuHost() {
  const now = menu.value;
  return now === null ? null : <Open key={`${now.x} ${now.y} ${now.label}`} />;
}

function Open() {
  const box = useRef<HTMLDivElement>(null);
  const now = menu.value;
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || now === null) return;
    element.showPopover();
    const size = element.getBoundingClientRect();
    element.style.left = `${Math.max(8, Math.min(now.x, window.innerWidth - size.width - 8))}px`;
    element.style.top = `${Math.max(8, now.y + size.height + 8 > window.innerHeight ? Math.min(now.y, window.innerHeight) - size.height - 8 : now.y)}px`;
    buttons(element)[0]?.focus();
  }, []);
  if (now === null) return null;
  const close = () => {
    menu.value = null;
    if (now.from instanceof HTMLElement && now.from.isConnected) now.from.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const all = buttons(box.current);
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === "ArrowDown") all[(at + 1) % all.length]?.focus();
    else if (event.key === "ArrowUp") all[(at + all.length - 1) % all.length]?.focus();
    else if (event.key === "Home") all[0]?.focus();
    else if (event.key === "End") all.at(-1)?.focus();
    else if (event.key === "Tab") close();
    else return;
    event.preventDefault();
  };
  return (
    <div ref={box} class="popover menu" popover="auto" role="menu" aria-label={now.label} data-test="menu" onKeyDown={onKey} onToggle={(event) => event.newState === "closed" && menu.value === now && close()}>
      {now.items.map((item, at) => (item === "line" ? <hr key={at} /> : <Entry key={at} item={item} close={close} />))}
    </div>
  );
}

const buttons = (element: HTMLElement | null) => [...(element?.querySelectorAll<HTMLButtonElement>("button:not(:disabled)") ?? [])];

function Entry(props: { item: Exclude<MenuItem, "line">; close: () => void }) {
  const { item } = props;
  const run = () => {
    props.close();
    item.run();
  };
  return (
    <button
      type="button"
      class={`menu-item${item.danger ? " danger" : ""}`}
      role={item.checked === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={item.checked}
      disabled={item.disabled}
      onClick={run}
    >
      {item.checked ? <Icon name="check" /> : item.icon === undefined ? <span /> : <Icon name={item.icon} />}
      <span class="name">{item.label}</span>
      {item.keys === undefined ? null : <kbd>{item.keys}</kbd>}
    </button>
  );
}

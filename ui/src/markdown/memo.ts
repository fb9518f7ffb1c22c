// Skips drawing a component again when its properties say nothing changed.
import { Component, createElement, type ComponentChildren, type FunctionComponent } from "preact";

export function memo<P extends object>(Inner: FunctionComponent<P>, same: (before: P, after: P) => boolean): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !same(this.props as P, next);
    }
    override render(props: P): ComponentChildren {
      return createElement(Inner, props);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}

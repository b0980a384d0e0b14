import { Component, type ReactNode } from "react";

/** Where a part of a page cannot be shown, `instead` stands there, and the rest stays as it is. */
export class Boundary extends Component<
  { instead: ReactNode; children: ReactNode },
  { broken: boolean }
> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? this.props.instead : this.props.children;
  }
}

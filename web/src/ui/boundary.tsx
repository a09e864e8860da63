/** What stands where a page broke, or its code could not be loaded: the sentence, and the ways on. */

import { Component, type ReactNode } from "react";
import { Button } from "./button.js";
import { Trouble } from "./states.js";

interface Props {
  /** Another place is another try. */
  readonly place: string;
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | null;
  readonly place: string;
}

export class Boundary extends Component<Props, State> {
  override state: State = { error: null, place: this.props.place };

  static getDerivedStateFromError(error: Error): Partial<State> {
    return { error };
  }

  static getDerivedStateFromProps({ place }: Props, state: State): Partial<State> | null {
    return place === state.place ? null : { error: null, place };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <main className="mx-auto grid max-w-xl gap-4 p-6">
        <h1 className="text-2xl font-semibold">This page cannot be shown</h1>
        <Trouble>{sentence(error)}</Trouble>
        <div className="flex gap-2">
          <Button look="primary" onClick={() => location.reload()}>
            Reload
          </Button>
          <Button onClick={() => location.assign("/")}>To your projects</Button>
        </div>
      </main>
    );
  }
}

function sentence(error: Error): string {
  if (/dynamically imported module|importing a module|module script/i.test(error.message))
    return "its code could not be loaded; check the connection and reload";
  return `the studio made a mistake (${error.message}); your drawings are kept, reload to go on`;
}

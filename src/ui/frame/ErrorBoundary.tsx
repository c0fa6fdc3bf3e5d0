import { Component, type ErrorInfo, type ReactNode } from "react";
import classes from "./ErrorBoundary.module.css";

interface ErrorBoundaryProps {
  /** What is inside, in a word: it stands in the message. */
  readonly what: string;
  readonly children: ReactNode;
}

/** Keeps a fault in one part of the page to that part, says so, and lets the person try again. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidCatch(error: Error, { componentStack }: ErrorInfo): void {
    reportError(new Error(`${this.props.what}: ${error.message}\n${componentStack ?? ""}`, { cause: error }));
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className={classes.fault} role="alert">
        <p>Something went wrong in the {this.props.what}. Your experiment is kept in the address bar.</p>
        <p className="quiet">{error.message}</p>
        <button type="button" onClick={() => this.setState({ error: null })}>
          Try again
        </button>
      </div>
    );
  }
}

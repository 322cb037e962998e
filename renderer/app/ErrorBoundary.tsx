import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { ErrorPanel } from '../ui/ErrorPanel';
import { i18n } from '../text/i18n';
import { toRecord } from './errors';

interface Props {
  readonly children: ReactNode;
}

interface State {
  readonly thrown: { readonly value: unknown } | undefined;
}

/** A defect while drawing shows itself as a page with the error, not as an empty window. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { thrown: undefined };

  static getDerivedStateFromError(value: unknown): State {
    return { thrown: { value } };
  }

  override render(): ReactNode {
    if (this.state.thrown === undefined) return this.props.children;
    const { message } = toRecord(this.state.thrown.value);
    return (
      <div className="sb-page">
        <ErrorPanel
          title={i18n.t('app.crashed')}
          error={{ code: 'internal', message, hint: i18n.t('app.crashedHint') }}
        >
          <div>
            <Button onClick={() => location.reload()}>{i18n.t('app.reload')}</Button>
          </div>
        </ErrorPanel>
      </div>
    );
  }
}

import { Alert, Button, FileButton, Group } from '@mantine/core';
import { Download, Upload } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Plan } from '../../../main/contract/plan';
import type { RecipeOption } from '../../../main/contract/recipe-options';
import { showDone } from '../../app/toasts';
import { formatBytes } from '../../ui/format';
import { saveFile } from '../../ui/save-file';
import { PLAN_FILE_BYTES, planText, readPlan, type PlanIssue } from './plan-file';

interface PlanFileProps {
  readonly plan: Plan;
  /** Options of its recipe: secrets stay out of the file. */
  readonly options: readonly RecipeOption[];
  readonly onLoad: (plan: Plan) => void;
}

/** Keeps the plan as a file, and takes one in; what is wrong with a file is said field by field. */
export function PlanFile({ plan, options, onLoad }: PlanFileProps) {
  const { t } = useTranslation();
  const [issues, setIssues] = useState<readonly PlanIssue[]>([]);

  async function load(file: File): Promise<void> {
    if (file.size > PLAN_FILE_BYTES) {
      setIssues([{ field: '', message: t('create.importTooBig', { size: formatBytes(file.size) }) }]);
      return;
    }
    const result = await readPlan(await file.text());
    if (result.ok) {
      setIssues([]);
      onLoad(result.plan);
      showDone(t('create.importDone', { name: result.plan.name }));
    } else if ('notJson' in result) {
      setIssues([{ field: '', message: t('create.importNotJson', { reason: result.notJson }) }]);
    } else {
      setIssues(result.issues);
    }
  }

  return (
    <div className="sb-advanced__field">
      <span className="sb-label">{t('create.planFile')}</span>
      <span className="sb-dim">{t('create.planFileHint')}</span>
      <Group>
        <Button
          variant="default"
          leftSection={<Download size={15} />}
          onClick={() => saveFile(`${plan.name}.plan.json`, [planText(plan, options)], 'application/json')}
        >
          {t('create.exportPlan')}
        </Button>
        <FileButton
          accept="application/json,.json"
          onChange={(file) => {
            if (file !== null) void load(file);
          }}
        >
          {(props) => (
            <Button {...props} variant="default" leftSection={<Upload size={15} />}>
              {t('create.importPlan')}
            </Button>
          )}
        </FileButton>
      </Group>
      {issues.length > 0 && (
        <Alert color="red" title={t('create.importFailed')} role="alert">
          <ul className="sb-issues">
            {issues.map((issue) => (
              <li key={`${issue.field} ${issue.message}`}>
                {issue.field !== '' && <code>{issue.field}</code>} {issue.message}
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </div>
  );
}

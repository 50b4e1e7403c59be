import { describe, expect, it } from 'vitest';
import { chapterKind } from './chapter-kinds.ts';

describe('chapterKind', () => {
  it.each([
    ['23', 'Texte', 'text'],
    ['1', 'Discussion des articles', 'articles'],
    ['2', 'Article', 'article'],
    ['20', "Après l'article", 'after_article'],
    ['25', 'Adt', 'amendments'],
    ['3', 'Rappel au règlement', 'point_of_order'],
    ['7', 'Intervention', 'intervention'],
    ['42', 'M. le président de séance', 'chair'],
    ['48', "Présidente de l'Assemblée", 'chair'],
    ['36', 'Questions au Gouvernement', 'questions'],
    ['5', 'Titre question', 'question_title'],
    ['4', 'Question', 'question'],
    ['6', 'Réponse', 'answer'],
    ['40', 'Hommage', 'tribute'],
  ])('key %s (%s) is %s', (key, name, kind) => {
    expect(chapterKind({ key, name }, 'n’importe quoi')).toBe(kind);
  });

  it.each([
    [{ key: '777', name: 'Rappel au Règlement' }, '', 'point_of_order'],
    [{ key: '777', name: 'Divers' }, 'Article 20 Bis', 'article'],
    [null, 'Après l’article 30', 'after_article'],
    [null, 'Adts 941 à 272', 'amendments'],
    [null, 'Amendement 12', 'amendments'],
    [null, 'Questions orales sans débat', 'questions'],
    [null, 'Question de M. Dupont', 'question'],
    [null, 'Réponse de la ministre', 'answer'],
    [null, 'Discussion des articles (suite)', 'articles'],
    [null, 'Mme la présidente', 'chair'],
    [null, 'Hommage national', 'tribute'],
    [null, 'Intervention liminaire', 'intervention'],
    [null, 'Mme Perrine Exemple', 'other'],
    [null, '', 'other'],
  ])('an unknown or missing type %o with the label "%s" is %s', (type, label, kind) => {
    expect(chapterKind(type, label)).toBe(kind);
  });
});

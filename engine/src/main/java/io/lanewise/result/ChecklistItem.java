package io.lanewise.result;

/// One item of the final checklist, answered from the results as far as they allow.
///
/// @param question the item, in the words of the notebook
/// @param status the answer
/// @param answer the evidence, in a sentence
public record ChecklistItem(String question, Verdict.Status status, String answer) {}

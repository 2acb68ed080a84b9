/// The campaign against the readers: valid files are damaged where it hurts, and whatever comes of
/// it is read. [io.lanewise.fuzz.Campaign] says what counts as a finding.
@org.jspecify.annotations.NullMarked
package io.lanewise.fuzz;

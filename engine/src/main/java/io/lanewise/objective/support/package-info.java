/// What objectives of several families share. A family knows these and the contract, never another
/// family.
@NullMarked
package io.lanewise.objective.support;

import org.jspecify.annotations.NullMarked;

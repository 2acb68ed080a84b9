/// The words of a plan as text: [io.lanewise.plan.codec.PlanCodec] reads those of a plan file,
/// [io.lanewise.plan.codec.BinsCodec] bins wherever they are written. Both read a
/// [io.lanewise.plan.codec.Tree], which JSON or YAML is made into first.
@NullMarked
package io.lanewise.plan.codec;

import org.jspecify.annotations.NullMarked;

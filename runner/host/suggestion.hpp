// "Did you mean": the known word that a mistyped one is nearest to.
// Invariant: a suggestion differs from what was typed by less than half of its letters; otherwise there is none.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace lintel::runner {

/// How many letters must be inserted, removed, replaced or swapped with their neighbour to make `a` of `b`, where no
/// letter changes twice (the restricted Damerau-Levenshtein distance).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The nearest of `known`, the first of several; nothing where none is near.
std::optional<std::string_view> suggestion(std::string_view typed, std::span<const std::string_view> known);

}  // namespace lintel::runner

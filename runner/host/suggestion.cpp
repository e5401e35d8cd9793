// See the header.
#include "runner/host/suggestion.hpp"

#include <algorithm>
#include <vector>

namespace lintel::runner {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Three rows of the table of distances between beginnings of `a` and of `b`.
    std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::swap(before_last, last);
        std::swap(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row[b.size()];
}

std::optional<std::string_view> suggestion(std::string_view typed, std::span<const std::string_view> known) {
    std::optional<std::string_view> nearest;
    std::size_t least = 0;
    for (std::string_view word : known) {
        const std::size_t distance = edit_distance(typed, word);
        if (distance * 2 >= word.size() || (nearest && distance >= least)) continue;
        nearest = word;
        least = distance;
    }
    return nearest;
}

}  // namespace lintel::runner

// Chooses within limits.
#include "loader/core/paging_mode.hpp"

#include <algorithm>

namespace lintel::loader {
namespace {

using enum ErrorCode;
using limine::PagingLevels;
using limine::PagingModeParameters;

/// What the executable wants; what it leaves out as the feature's description fills it in.
Result<PagingModeParameters> wish(const Requests& requests) {
    PagingModeParameters wanted{};
    auto revision = requests.revision(paging_mode_id);
    if (!revision) return wanted;
    if (*revision == 0) {
        // The limits came with revision 1, and may lie beyond the end of the image here.
        wanted.mode = TRY(requests.parameters<PagingLevels>(paging_mode_id));
        wanted.max_mode = wanted.mode;
        return wanted;
    }
    wanted = TRY(requests.parameters<PagingModeParameters>(paging_mode_id));
    if (wanted.max_mode < wanted.min_mode)
        return fail(malformed, "the highest paging mode that the executable allows is below the lowest");
    return wanted;
}

}  // namespace

Result<arch::Levels> choose_paging_mode(const Requests& requests, const PagingLimits& limits, arch::Levels most) {
    PagingModeParameters wanted = TRY(wish(requests));
    if (limits.lowest > most)
        return fail(unsupported, "the entry insists on more levels of page tables than this processor has");
    if (wanted.min_mode > protocol_mode(most))
        return fail(unsupported, "the executable insists on more levels of page tables than this processor has");
    if (wanted.min_mode > protocol_mode(limits.highest))
        return fail(unsupported, "the executable insists on more levels of page tables than the entry allows");
    if (wanted.max_mode < protocol_mode(limits.lowest))
        return fail(unsupported, "the entry insists on more levels of page tables than the executable allows");
    PagingLevels lowest = std::max(wanted.min_mode, protocol_mode(limits.lowest));
    PagingLevels highest = std::min({wanted.max_mode, protocol_mode(limits.highest), protocol_mode(most)});
    return std::clamp(wanted.mode, lowest, highest) == PagingLevels::five ? arch::Levels::five : arch::Levels::four;
}

}  // namespace lintel::loader

// The search for limine.conf.
// Invariant: an error that comes back points to nothing of the search's own.
#include "loader/core/find_configuration.hpp"

#include <array>
#include <optional>

namespace lintel::loader {
namespace {

constexpr std::array<std::string_view, 4> usual_folders{"/boot/limine", "/boot", "/limine", ""};

}  // namespace

Result<FoundConfiguration> find_configuration(Volumes& volumes, std::span<const std::string_view> folders) {
    std::optional<Error> trouble;
    auto remember = [&](const Error& error) {
        // The error's subject may be a path that ends before the error does.
        if (error.code != ErrorCode::not_found && !trouble) trouble = fail_about(error, "limine.conf").error();
    };
    for (std::size_t i = 0; i < volumes.candidate_count(); ++i) {
        auto volume = volumes.candidate(i);
        if (!volume) {
            remember(volume.error());
            continue;
        }
        auto look_in = [&](std::string_view folder) -> std::optional<FoundConfiguration> {
            FoundConfiguration found{.volume = *volume};
            print(found.path, "{}/limine.conf", folder);
            auto file = (*volume)->open(found.path.text(), NameRule::any_case);
            if (!file) {
                remember(file.error());
                return std::nullopt;
            }
            found.file = *file;
            volumes.settle_on(i);
            return found;
        };
        for (auto list : {folders, std::span<const std::string_view>(usual_folders)})
            for (std::string_view folder : list)
                if (auto found = look_in(folder)) return *found;
    }
    if (trouble) return std::unexpected(*trouble);
    return fail(ErrorCode::not_found,
                "no limine.conf beside the loader, in /boot/limine, /boot, /limine or / of any volume");
}

}  // namespace lintel::loader

// The search for limine.conf.
// Invariant: an error that comes back points to nothing of the search's own.
#include "loader/core/find_configuration.hpp"

#include <array>
#include <optional>

namespace lintel::loader {
namespace {

constexpr std::array<std::string_view, 4> usual_folders{"/boot/limine", "/boot", "/limine", ""};

}  // namespace

Result<FoundConfiguration> find_configuration(std::span<Volume* const> volumes, std::string_view application_folder) {
    if (application_folder.empty()) application_folder = "/EFI/BOOT";
    while (application_folder.ends_with('/')) application_folder.remove_suffix(1);

    std::optional<Error> trouble;
    for (std::size_t i = 0; i < volumes.size(); ++i) {
        auto look_in = [&](std::string_view folder) -> std::optional<FoundConfiguration> {
            FoundConfiguration found;
            found.volume = i;
            print(found.path, "{}/limine.conf", folder);
            auto file = volumes[i]->open(found.path.text(), NameRule::any_case);
            if (file) {
                found.file = *file;
                return found;
            }
            // The error's subject may be the path in `found`, which ends here.
            if (file.error().code != ErrorCode::not_found && !trouble)
                trouble = Error{file.error().code, file.error().text, "limine.conf", file.error().number};
            return std::nullopt;
        };
        if (auto found = look_in(application_folder)) return *found;
        for (std::string_view folder : usual_folders)
            if (auto found = look_in(folder)) return *found;
    }
    if (trouble) return std::unexpected(*trouble);
    return fail(ErrorCode::not_found,
                "no limine.conf beside the loader, in /boot/limine, /boot, /limine or / of any volume");
}

}  // namespace lintel::loader

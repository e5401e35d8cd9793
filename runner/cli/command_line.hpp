// The command line while it is being put together: each command adds itself, in its own file, with its options.
// Invariant: what follows `--` is in `extra` before anything is parsed, and nothing else parses it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <memory>
#include <ranges>
#include <string>
#include <vector>

#include "runner/cli/commands.hpp"
#include "runner/host/colour.hpp"
#include "runner/project/settings.hpp"

namespace lintel::runner {

struct CommandLine {
    CLI::App app;
    std::vector<std::string> extra{};  // what stood behind `--`
    /// Set by the command that the person chose.
    std::function<Outcome<Exit>(const Project&)> chosen{};
    ColourWish colour = ColourWish::automatic;
    std::string profile{};                 // of the project's file; none where empty
    std::string project_file{};            // in place of the one that is found
    std::optional<ProjectFile> project{};  // set with the next two once a command's options have been parsed
    std::vector<Setting> settings{};
    std::optional<Failure> refused{};  // why the settings could not be settled

    /// For what is written to this descriptor.
    [[nodiscard]] Palette palette(int descriptor) const {
        return Palette(choose_colour(colour, colour_facts(descriptor)));
    }
};

inline constexpr double longest_timeout = 86400;  // seconds

/// Groups of options that many commands have: their help names these in few words.
inline constexpr const char* boot_group = "boot";
inline constexpr const char* machine_group = "machine";
inline constexpr const char* common_group = "common";

/// An option or argument whose value is one of a few words.
template <class T>
CLI::Option* add_choice(CLI::App& command, const std::string& name, T& target, const std::map<std::string, T>& words,
                        std::string text) {
    auto take = [&target, words, name](const std::string& word) {
        auto found = words.find(word);
        if (found == words.end())
            throw CLI::ValidationError(
                fmt::format("{} {}: not one of {}", name, word, fmt::join(words | std::views::keys, ", ")));
        target = found->second;
    };
    return command.add_option_function<std::string>(name, take, std::move(text))
        ->type_name(fmt::format("{}", fmt::join(words | std::views::keys, "|")));
}

extern const std::map<std::string, LoaderWish> loader_words;

/// What several commands have in common. The options must outlive the parsing.
void add_loader(CLI::App& command, LoaderWish& wish);
void add_image_options(CLI::App& command, ImageOptions& options);
void add_image_type(CLI::App& command, const std::string& name, ImageType& type);
void add_firmware(CLI::App& command, FirmwareWish& wish);
void add_machine_options(CLI::App& command, MachineOptions& options);
void add_common_options(CLI::App& command, CommandLine& line);
void add_project_options(CLI::App& command, CommandLine& line);

/// The commands, in the order of the help text.
void add_run(CommandLine& line);
void add_debug(CommandLine& line);
void add_image(CommandLine& line);
void add_flash(CommandLine& line);
void add_new(CommandLine& line);
void add_enroll(CommandLine& line);
void add_path(CommandLine& line);
void add_check(CommandLine& line);
void add_conformance(CommandLine& line);
void add_bench(CommandLine& line);
void add_test(CommandLine& line);
void add_config(CommandLine& line);
void add_init(CommandLine& line);
void add_doctor(CommandLine& line);
void add_describe(CommandLine& line);

}  // namespace lintel::runner

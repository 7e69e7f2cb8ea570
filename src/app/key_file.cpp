#include "app/key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "app/keystore.hpp"
#include "app/session.hpp"

namespace plume {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

Error failure(std::string_view doing, const fs::path& path) {
    const int reason = errno;
    return {exit_code::failed,
            "cannot " + std::string(doing) + " " + path.string() + ": " + std::strerror(reason)};
}

/// All of a small file.
Result<std::string> read_small(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return failure("read", path);
    std::string out(key_file_size_max + 1, '\0');
    size_t size = 0;
    for (ssize_t got = 1; got > 0 && size < out.size(); size += static_cast<size_t>(got)) {
        got = ::read(file, out.data() + size, out.size() - size);
        if (got < 0) {
            const Error error = failure("read", path);
            ::close(file);
            return error;
        }
    }
    ::close(file);
    if (size > key_file_size_max)
        return Error{exit_code::failed, path.string() + " is larger than a key file may be"};
    out.resize(size);
    return out;
}

Result<json::value> read_json(const fs::path& path) {
    TRY(text, read_small(path));
    boost::system::error_code failed;
    json::value out = json::parse(text, failed);
    if (failed) return Error{exit_code::usage, path.string() + " is no key file: no JSON"};
    return out;
}

/// "UTC--2026-08-01T12-00-00.000000000Z--" and the address, as geth has it.
std::string name_of(const Address& address) {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    std::tm parts{};
    gmtime_r(&now.tv_sec, &parts);
    std::array<char, 32> day;
    const size_t size = std::strftime(day.data(), day.size(), "%Y-%m-%dT%H-%M-%S", &parts);
    const std::string nano = std::to_string(1'000'000'000 + now.tv_nsec).substr(1);
    return "UTC--" + std::string(day.data(), size) + "." + nano + "Z--" + to_hex(address).substr(2);
}

Result<void> write_new(const fs::path& path, std::string_view text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return failure("write", path);
    const bool written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(file) == 0;
    const Error error = failure("write", path);
    ::close(file);
    if (!written) {
        ::unlink(path.c_str());
        return error;
    }
    const int folder = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = folder >= 0 && ::fsync(folder) == 0;
    if (folder >= 0) ::close(folder);
    return synced ? Result<void>() : Result<void>(failure("sync", path.parent_path()));
}

Result<Secret> ask(const std::string& prompt) {
    char* typed = ::getpass(prompt.c_str());
    if (typed == nullptr) return Error{exit_code::usage, "nothing can be typed here"};
    Secret out{std::string(typed)};
    wipe({reinterpret_cast<uint8_t*>(typed), std::strlen(typed)});
    return out;
}

}  // namespace

Result<void> check_key_file(const fs::path& file) {
    struct stat found{};
    if (::stat(file.c_str(), &found) != 0) return failure("read", file);
    if (!S_ISREG(found.st_mode))
        return Error{exit_code::failed, file.string() + " is not a plain file"};
    if ((found.st_mode & 077) == 0) return {};
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%04o", found.st_mode & 07777);
    return Error{exit_code::failed, "key file " + file.string() +
                                        " may be read by other users (mode " + mode.data() +
                                        "): chmod 600 " + file.string()};
}

Result<void> check_key_files(const fs::path& folder) {
    std::error_code failed;
    size_t count = 0;
    for (fs::directory_iterator it(folder, failed), end; !failed && it != end;
         it.increment(failed)) {
        if (++count > key_files_max)
            return Error{exit_code::failed, folder.string() + " holds more than " +
                                                std::to_string(key_files_max) + " files"};
        std::error_code gone;
        if (!it->is_regular_file(gone)) continue;
        if (auto kept = check_key_file(it->path()); !kept) return kept;
    }
    return {};
}

fs::path key_folder() {
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return fs::path(value == nullptr ? "" : value);
    };
    if (const fs::path chosen = variable("PLUME_KEYS"); !chosen.empty()) return chosen;
    if (const fs::path data = variable("XDG_DATA_HOME"); !data.empty())
        return data / "plume" / "keys";
    return variable("HOME") / ".local" / "share" / "plume" / "keys";
}

Result<std::vector<KeyEntry>> list_keys(const fs::path& folder) {
    std::vector<KeyEntry> out;
    std::error_code failed;
    size_t count = 0;
    for (fs::directory_iterator it(folder, failed), end; !failed && it != end;
         it.increment(failed)) {
        if (++count > key_files_max)
            return Error{exit_code::failed, folder.string() + " holds more than " +
                                                std::to_string(key_files_max) + " files"};
        if (const auto address = claimed_address(it->path())) out.push_back({it->path(), *address});
    }
    std::ranges::sort(out, {}, &KeyEntry::file);
    return out;
}

Result<fs::path> find_key_file(const std::string& name, const fs::path& folder) {
    std::error_code failed;
    if (fs::exists(name, failed)) return fs::path(name);
    const auto address = Address::parse(name.starts_with("0x") ? name : "0x" + name);
    if (!address)
        return Error{exit_code::usage, "there is no file " + name +
                                           ", and it is no address of a key in " + folder.string()};
    TRY(keys, list_keys(folder));
    for (const KeyEntry& key : keys)
        if (key.address == *address) return key.file;
    return Error{exit_code::usage, "there is no key of " + name + " in " + folder.string()};
}

Result<Address> claimed_address(const fs::path& file) {
    TRY(content, read_json(file));
    const auto* object = content.if_object();
    const auto* claimed = object == nullptr ? nullptr : object->if_contains("address");
    const auto* text = claimed == nullptr ? nullptr : claimed->if_string();
    const auto address = text == nullptr ? std::nullopt : Address::parse(std::string_view(*text));
    if (!address) return Error{exit_code::usage, file.string() + " names no address"};
    return *address;
}

Result<PrivateKey> open_key_file(const fs::path& file, std::string_view password) {
    if (auto kept = check_key_file(file); !kept) return std::move(kept).error();
    TRY(content, read_json(file));
    auto key = open_keystore(content, password);
    if (!key) return Error{exit_code::usage, file.string() + ": " + key.error().what};
    return key;
}

Result<fs::path> write_key_file(const fs::path& folder, const PrivateKey& key,
                                std::string_view password, const ScryptCosts& costs) {
    std::error_code failed;
    if (!fs::exists(folder, failed)) {
        if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), failed);
        if (::mkdir(folder.c_str(), 0700) != 0) return failure("make", folder);
    }
    auto sealed = seal_keystore(key, password, costs);
    if (!sealed) return Error{exit_code::failed, sealed.error().what};
    const fs::path file = folder / name_of(address_of(key));
    if (auto written = write_new(file, json::serialize(*sealed) + "\n"); !written)
        return std::move(written).error();
    return file;
}

Result<Secret> read_secret(const std::string& file, const std::string& prompt, bool confirms) {
    if (!file.empty()) {
        auto text = read_small(file);
        if (!text) return Error{exit_code::usage, text.error().what};
        const size_t end = std::min(text->find('\n'), text->size());
        std::string line = text->substr(0, end);
        Secret whole(std::move(*text));
        if (line.ends_with('\r')) line.pop_back();
        return Secret(std::move(line));
    }
    if (::isatty(STDIN_FILENO) == 0)
        return Error{exit_code::usage,
                     "a file is needed where there is no terminal to type " + prompt + " at"};
    TRY(typed, ask(prompt + ": "));
    if (!confirms) return typed;
    TRY(again, ask(prompt + ", once more: "));
    if (again.text() != typed.text())
        return Error{exit_code::usage, "the two are not the same; nothing was done"};
    return typed;
}

}  // namespace plume

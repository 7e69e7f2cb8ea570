// Key files on disk: who may read them, where they are kept, and how a password is asked for.
//
// A key file belongs to one user (mode 0600); one that others may read is refused, as its password
// may be all that stands between them and the money. Passwords come from a file or a terminal,
// never from an argument, which every user of the machine can read.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.hpp"
#include "crypto/password.hpp"
#include "crypto/secret.hpp"

namespace plume {

/// The bytes of a key file, and of a file with a password.
inline constexpr size_t key_file_size_max = size_t{64} << 10;
/// Files of a folder that are looked at.
inline constexpr size_t key_files_max = 10'000;

/// Refuses what is no plain file, and one that other users may read or write.
Result<void> check_key_file(const std::filesystem::path& file);
/// The same of all files in `folder`; one that is not there is well kept.
Result<void> check_key_files(const std::filesystem::path& folder);

/// PLUME_KEYS, else $XDG_DATA_HOME/plume/keys, else ~/.local/share/plume/keys.
std::filesystem::path key_folder();

struct KeyEntry {
    std::filesystem::path file;
    Address address;  ///< as the file claims
};
/// The key files in `folder`, by name; other files are passed over.
Result<std::vector<KeyEntry>> list_keys(const std::filesystem::path& folder);

/// The file that `name` means: a path, or an address of a key in `folder`.
Result<std::filesystem::path> find_key_file(const std::string& name,
                                            const std::filesystem::path& folder);

/// The address that a key file claims to be of; no password is needed.
Result<Address> claimed_address(const std::filesystem::path& file);
/// The key in `file`, which must be well kept.
Result<PrivateKey> open_key_file(const std::filesystem::path& file, std::string_view password);

/// Writes `key` into a new file of `folder` (mode 0600, in a folder of mode 0700 if that is made),
/// named as geth names them, and returns when it is on disk.
Result<std::filesystem::path> write_key_file(const std::filesystem::path& folder,
                                             const PrivateKey& key, std::string_view password,
                                             const ScryptCosts& costs);

/// The first line of `file`; without one, what is typed at the terminal and not shown, twice with
/// `confirms`. An error when there is neither.
Result<Secret> read_secret(const std::string& file, const std::string& prompt, bool confirms);

}  // namespace plume

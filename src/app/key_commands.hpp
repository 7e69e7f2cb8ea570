// `plume key`: keys in files (Web3 Secret Storage v3). They never go to a node. Each returns the
// program's exit code.
#pragma once

#include <string>

namespace plume {

struct KeyOptions {
    std::string folder;         ///< of key files; empty: the usual one
    std::string name;           ///< a key: a file, or an address in the folder
    std::string key_file;       ///< to import: a file with 64 hexadecimal digits; empty: typed
    std::string password_file;  ///< its first line; empty: typed
    std::string message;        ///< to sign, as text (EIP-191)
    bool json = false;
};

int run_key_new(const KeyOptions& options);
int run_key_import(const KeyOptions& options);
int run_key_list(const KeyOptions& options);
int run_key_address(const KeyOptions& options);
int run_key_sign(const KeyOptions& options);

}  // namespace plume

#include "app/key_commands.hpp"

#include <boost/json.hpp>
#include <iostream>

#include "app/key_file.hpp"
#include "app/keystore.hpp"
#include "app/serve.hpp"
#include "app/text.hpp"
#include "crypto/address.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

/// What the program's exit code is: of an error, after it has been told.
int finished(const Result<void>& done) {
    return done ? exit_code::ok : report_error(done.error());
}

fs::path folder_of(const KeyOptions& options) {
    return options.folder.empty() ? key_folder() : fs::path(options.folder);
}

void print_key(const KeyOptions& options, const Address& address, const fs::path& file) {
    if (options.json)
        std::cout << json::serialize(
                         json::object{{"address", to_checksum(address)}, {"file", file.string()}})
                  << "\n";
    else
        std::cout << to_checksum(address) << "\n";
}

/// Seals a key under a password that is asked for, into a new file.
Result<void> keep(const KeyOptions& options, const PrivateKey& key) {
    TRY(password, read_secret(options.password_file, "password for the new key file", true));
    if (password.text().empty())
        return Error{exit_code::usage, "a key file without a password protects nothing"};
    TRY(file, write_key_file(folder_of(options), key, password.text(), keystore_costs));
    print_key(options, address_of(key), file);
    std::cerr << "kept in " << file.string() << "\n"
              << "Back up this file and remember its password: nobody can restore either.\n";
    return {};
}

Result<void> import_key(const KeyOptions& options) {
    TRY(typed, read_secret(options.key_file, "private key (64 hexadecimal digits)", false));
    const auto key = PrivateKey::parse(typed.text());
    if (!key)
        return Error{
            exit_code::usage,
            "that is no private key: 64 hexadecimal digits are wanted, with or without 0x"};
    return keep(options, *key);
}

Result<void> list(const KeyOptions& options) {
    TRY(keys, list_keys(folder_of(options)));
    json::array all;
    TextTable rows({{"address"}, {"file"}, {"problem"}});
    for (const KeyEntry& key : keys) {
        const auto kept = check_key_file(key.file);
        const std::string problem = kept ? "" : kept.error().what;
        all.push_back(
            json::object{{"address", to_checksum(key.address)},
                         {"file", key.file.string()},
                         {"problem", problem.empty() ? json::value() : json::value(problem)}});
        rows.add({to_checksum(key.address), key.file.string(), problem});
    }
    if (options.json)
        std::cout << json::serialize(all) << "\n";
    else if (keys.empty())
        std::cerr << "no keys in " << folder_of(options).string()
                  << "; make one with: plume key new\n";
    else
        std::cout << rows.render();
    return {};
}

Result<void> show_address(const KeyOptions& options) {
    TRY(file, find_key_file(options.name, folder_of(options)));
    TRY(address, claimed_address(file));
    print_key(options, address, file);
    return {};
}

/// "\x19Ethereum Signed Message:\n", the length and the text (EIP-191, version 0x45).
Hash message_digest(std::string_view message) {
    return keccak256(
        "\x19"
        "Ethereum Signed Message:\n" +
        std::to_string(message.size()) + std::string(message));
}

Result<void> sign_message(const KeyOptions& options) {
    TRY(file, find_key_file(options.name, folder_of(options)));
    if (auto kept = check_key_file(file); !kept) return kept;
    TRY(password, read_secret(options.password_file, "password", false));
    TRY(key, open_key_file(file, password.text()));
    const Signature made = sign(message_digest(options.message), key);
    Bytes bytes;
    append(bytes, to_word(made.r));
    append(bytes, to_word(made.s));
    bytes.push_back(made.y_parity ? 28 : 27);
    if (options.json)
        std::cout << json::serialize(json::object{{"address", to_checksum(address_of(key))},
                                                  {"message", options.message},
                                                  {"signature", to_hex(bytes)}})
                  << "\n";
    else
        std::cout << to_hex(bytes) << "\n";
    return {};
}

}  // namespace

int run_key_new(const KeyOptions& options) {
    return finished(keep(options, random_key()));
}

int run_key_import(const KeyOptions& options) {
    return finished(import_key(options));
}

int run_key_list(const KeyOptions& options) {
    return finished(list(options));
}

int run_key_address(const KeyOptions& options) {
    return finished(show_address(options));
}

int run_key_sign(const KeyOptions& options) {
    return finished(sign_message(options));
}

}  // namespace plume

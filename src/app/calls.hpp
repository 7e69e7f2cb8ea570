// `plume call` and `plume send`: any function of any contract, from the command line.
#pragma once

#include <string>
#include <vector>

#include "app/session.hpp"
#include "codec/abi_value.hpp"

namespace plume {

/// What every command that speaks to a node is given.
struct ClientOptions {
    std::string rpc = "http://localhost:8545";
    bool json = false;
};

/// Who signs: a development account by its name, or a key from a keystore file (Web3 Secret Storage
/// v3), whose password is in a file or asked for. Keys and passwords are never arguments: other
/// users of the machine can read those.
struct SignerOptions {
    std::string from;
    std::string keystore;
    std::string password_file;
    bool yes = false;  ///< do not ask before something is signed
};

Result<Account> choose_signer(const SignerOptions& options);

/// Says what is about to be signed and asks whether to go on, when a person sits at a terminal: an
/// error with `exit_code::declined` when the answer is not yes. Scripts are not asked.
Result<void> confirm(const SignerOptions& options, const std::string& what);

struct CallOptions {
    ClientOptions client;
    SignerOptions signer;
    std::string to;  ///< an address or a name
    std::string
        /// A name, for a native contract; or a declaration "f(uint256 x) view returns (bool)"
        function;
    std::vector<std::string> arguments;
    std::string value = "0";  ///< wei; send only
};

/// What calldata for the function that the person wrote, with his arguments, looks like.
Result<Bytes> call_input(Session& session, const Address& to, const std::string& function,
                         const std::vector<std::string>& arguments);

int run_call(const CallOptions& options);
int run_send(const CallOptions& options);

/// The type of the native contract at `address`; nothing for other accounts.
Result<std::optional<std::string>> native_type_at(Session& session, const Address& address);

/// The logs of a transaction as events of native contracts, one a line: "Transfer(from 0x.., to
/// 0x.., value 5)".
std::string describe_logs(const std::vector<Log>& logs);

}  // namespace plume

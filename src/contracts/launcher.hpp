// Launcher: one signed call makes an instance of a template, at an address that can be known
// before.
//
//   template                instance        params = abi.encode of its constructor's arguments
//   "AssetToken"            AssetToken      TokenParams
//   "AssetToken.Regulated"  RegulatedToken  RegulatedTokenParams
//   "AssetToken.Stream"     RevenueStream   TokenParams, StreamTerms
//   "AssetItems"            AssetItems      ItemsParams
//   "Vault.Milestone"       Vault           VaultTerms, Tranche[] plan, bool open
//   "Vault.Escrow"          EscrowVault     EscrowTerms, Tranche[] plan
//   "Vault.RevenueShare"    RevenueShare    TokenParams, RevenueTerms
//   "Vault.Pool"            Pool            PoolTerms
//   "Vault.QueuedPool"      QueuedPool      PoolTerms, uint64 patienceSeconds
//   "Vault.PublicGoods"     PublicGoods     GoodsTerms, GoodsCurrency[], SpendLine[] plan,
//                                           bool open
//
// A template's name is the text in the first bytes of a bytes32, followed by zeros. What an
// instance may be made with is the business of its constructor, which refuses above all a record
// that is not live; the launcher adds what only it can know, who the caller is: a vault may be
// launched open by its own steward only, so that nobody is made the author of a plan he has not
// signed.
//
// Addresses are those of CREATE2 (EIP-1014) with salt keccak256(abi.encode(sender, number of his
// launches so far)): nobody can take another's, and what others launch in between does not move it.
//
// Invariant L-1: the registry grows by exactly the instances that Launched tells of, and never
// changes otherwise.
#pragma once

#include "native/contract.hpp"
#include "native/erc165.hpp"

namespace plume {

class Launcher : public Contract {
public:
    using Contract::Contract;

    using Launched = Event<
        "Launched(address indexed by, bytes32 indexed template, address indexed instance, bytes32 "
        "record)",
        Address, Hash, Address, Hash>;

    using UnknownTemplate = CustomError<"UnknownTemplate(bytes32 template)", Hash>;
    using UnknownIndex = CustomError<"UnknownIndex(uint256 index, uint256 count)", u256, u256>;
    using NotLaunchedHere = CustomError<"NotLaunchedHere(address instance)", Address>;
    /// Only the steward himself may launch a vault that is open at once.
    using OpenedForAnother =
        CustomError<"OpenedForAnother(address steward, address caller)", Address, Address>;

    /// A genesis contract: nothing to construct.
    void construct() {}

    /// Makes the instances of a template: one each, as yet.
    std::vector<Address> launch(Hash name, Bytes params);
    /// Where the caller's next launch of this template with these params would put them. Says
    /// nothing on whether the params are good: simulate `launch` for that.
    std::vector<Address> preview(Hash name, Bytes params) const;

    // What was launched here, in order.
    u256 count() const { return u256{length(instances_)}; }
    Address at(u256 index) const;
    bool is_launched(Address instance) const;
    /// The name of the contract type of an instance, as `plume describe` takes it.
    std::string describe(Address instance) const;
    Hash template_of(Address instance) const;
    /// The record that an instance refers to: a vault's mission, a token's asset.
    Hash mission_of(Address instance) const;

    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<"constructor()", &Launcher::construct>{};
    static constexpr auto registry = Methods<
        Method<"launch(bytes32 template, bytes params) returns (address[] instances)",
               &Launcher::launch>,
        Method<"preview(bytes32 template, bytes params) view returns (address[] instances)",
               &Launcher::preview>,
        Method<"count() view returns (uint256)", &Launcher::count>,
        Method<"at(uint256 index) view returns (address)", &Launcher::at>,
        Method<"isLaunched(address instance) view returns (bool)", &Launcher::is_launched>,
        Method<"describe(address instance) view returns (string)", &Launcher::describe>,
        Method<"templateOf(address instance) view returns (bytes32)", &Launcher::template_of>,
        Method<"missionOf(address instance) view returns (bytes32)", &Launcher::mission_of>>{};
    /// ERC-165: the functions above are one interface.
    bool supports_interface(Selector id) const {
        return erc165::supports(id, {registry.interface_id()});
    }
    static constexpr auto abi =
        registry + Methods<Method<"supportsInterface(bytes4 id) view returns (bool)",
                                  &Launcher::supports_interface>>{};
    static constexpr auto declarations =
        Declarations<Launched, UnknownTemplate, UnknownIndex, NotLaunchedHere, OpenedForAnother,
                     InvalidArguments>{};

private:
    Hash next_salt() const;
    const NativeType& newest(std::string_view type_name) const;

    static constexpr Array<Address> instances_{0};
    static constexpr Map<Address, Hash> template_of_{1};
    static constexpr Map<Address, u256> launches_{2};
};

}  // namespace plume

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";

/// What RegulatedToken says it is, made of OpenZeppelin's parts: the other side of the twins test.
contract Twin is ERC20Burnable, ERC20Permit, ERC20Votes {
    uint8 private immutable places;
    address public immutable issuer;

    constructor(string memory name, string memory symbol, uint8 decimals_, address issuer_)
        ERC20(name, symbol)
        ERC20Permit(name)
    {
        places = decimals_;
        issuer = issuer_;
    }

    function decimals() public view override returns (uint8) {
        return places;
    }

    function clock() public view override returns (uint48) {
        return Time.timestamp();
    }

    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function mint(address to, uint256 value) external {
        if (msg.sender != issuer) {
            revert IAccessControl.AccessControlUnauthorizedAccount(msg.sender, "mint");
        }
        _mint(to, value);
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value)
        internal
        virtual
        override(ERC20, ERC20Votes)
    {
        super._update(from, to, value);
    }
}

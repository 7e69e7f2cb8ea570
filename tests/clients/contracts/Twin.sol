// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// What AssetToken says it is, made of OpenZeppelin's parts: the other side of the twins test.
contract Twin is ERC20Permit, Ownable {
    uint8 private immutable places;

    constructor(
        string memory name,
        string memory symbol,
        uint8 decimals_,
        address issuer_,
        uint256 supply
    )
        ERC20(name, symbol)
        ERC20Permit(name)
        Ownable(issuer_)
    {
        places = decimals_;
        if (supply > 0) _mint(issuer_, supply);
    }

    function decimals() public view override returns (uint8) {
        return places;
    }

    function issuer() external view returns (address) {
        return owner();
    }

    function mint(address to, uint256 value) external onlyOwner {
        _mint(to, value);
    }

    function burn(uint256 value) external {
        _burn(msg.sender, value);
    }
}

//! Addresses of webhooks: none leads into the house, however it is written.

#![no_main]

use std::net::IpAddr;

use ingest::webhooks::Reach;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(url) = Reach::default().read(text) {
        assert_eq!(url.scheme(), "https");
        let host = url.host_str().expect("https has a host");
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            let address = address.to_canonical();
            assert!(!address.is_loopback() && !address.is_unspecified() && !address.is_multicast());
            if let IpAddr::V4(address) = address {
                assert!(!address.is_private() && !address.is_link_local());
            }
        }
        // What is stored is read again as the same.
        assert_eq!(Reach::default().read(url.as_str()), Ok(url));
    }
});

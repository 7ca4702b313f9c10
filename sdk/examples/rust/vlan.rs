// SPDX-License-Identifier: Apache-2.0
//! Puts each user into the VLAN of the wireless network that was called: the same policy as ../c11/vlan.c.
//!
//!   [plugin.vlan.config]
//!   unknown = "reject"            # reject | pass: what happens on a network that is not listed
//!   [plugin.vlan.config.networks]
//!   office = 10
//!   guests = 20
//!
//! An access point sends `Called-Station-Id = 00-10-A4-23-19-C0:office` (RFC 3580 §3.20). What stands after the last
//! colon is looked up here. The handlers after this one decide whether the user may come in at all.
mod radius;

use radius::*;
use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr::null_mut;

/// An instance: one [plugin.NAME] table. Nothing in it changes after `create`, so all workers may read it.
struct Vlan {
    host: &'static radius_host_v1_t,
    instance: *mut radius_instance_t,
    called_station_id: radius_attr_t,
    unknown: radius_verdict_t,
    networks: HashMap<Vec<u8>, *mut radius_prebuilt_t>,
}

/// A status as a result, so that `?` hands on what failed.
fn check(status: radius_status_t) -> Result<(), radius_status_t> {
    if status == RADIUS_OK { Ok(()) } else { Err(status) }
}

impl Vlan {
    unsafe fn new(host: &'static radius_host_v1_t, instance: *mut radius_instance_t) -> Result<Self, radius_status_t> {
        let mut vlan = Self { host, instance, called_station_id: 0, unknown: RADIUS_REJECT, networks: HashMap::new() };
        check((host.dictionary.resolve)(instance, text("Called-Station-Id"), &mut vlan.called_station_id))?;
        vlan.read_unknown()?;
        vlan.read_networks()?;
        Ok(vlan)
    }

    /// What the configuration says for `unknown`. The host names file, line and column with what it is told.
    unsafe fn read_unknown(&mut self) -> Result<(), radius_status_t> {
        let config = self.host.config;
        let mut value = text("reject");
        let status = (config.text)(self.instance, text("unknown"), &mut value);
        if status != RADIUS_ERR_NOT_FOUND {
            check(status)?;
        }
        self.unknown = match octets(value) {
            b"pass" => RADIUS_PASS,
            b"reject" => RADIUS_REJECT,
            _ => {
                (config.reject)(self.instance, text("unknown"), text("it is neither \"reject\" nor \"pass\""));
                return Err(RADIUS_ERR_CONFIG);
            }
        };
        Ok(())
    }

    unsafe fn read_networks(&mut self) -> Result<(), radius_status_t> {
        let count = (self.host.config.count)(self.instance, text("networks"));
        if count == 0 {
            (self.host.log.explain)(self.instance, text("[networks] is missing or empty"));
            return Err(RADIUS_ERR_CONFIG);
        }
        let mut result = Ok(());
        for index in 0..count {
            result = self.read_network(index).and(result); // all mistakes are told, not the first alone
        }
        result
    }

    /// Reads `networks."NAME"`, the member number `index` of the table.
    unsafe fn read_network(&mut self, index: u64) -> Result<(), radius_status_t> {
        let config = self.host.config;
        let (mut name, mut number) = (text(""), 0);
        check((config.member)(self.instance, text("networks"), index, &mut name))?;
        let name = octets(name).to_vec();
        let key = format!("networks.\"{}\"", String::from_utf8_lossy(&name));
        check((config.integer)(self.instance, text(&key), &mut number))?;
        if !(1..=4094).contains(&number) {
            (config.reject)(self.instance, text(&key), text("a VLAN is a number from 1 to 4094"));
            return Err(RADIUS_ERR_CONFIG);
        }
        let reply = self.prebuild(number)?;
        self.networks.insert(name, reply);
        Ok(())
    }

    /// Makes the list that says `number` (RFC 3580 §3.31).
    unsafe fn prebuild(&self, number: i64) -> Result<*mut radius_prebuilt_t, radius_status_t> {
        let lists = self.host.lists;
        let (mut list, mut reply) = (null_mut(), null_mut());
        check((lists.create_list)(self.instance, &mut list))?;
        let digits = number.to_string();
        let result = check((lists.add_named)(list, text("Tunnel-Type"), text("VLAN")))
            .and_then(|()| check((lists.add_named)(list, text("Tunnel-Medium-Type"), text("IEEE-802"))))
            .and_then(|()| check((lists.add_named)(list, text("Tunnel-Private-Group-Id"), text(&digits))))
            .and_then(|()| check((lists.prebuild)(self.instance, list, &mut reply)));
        (lists.destroy_list)(list);
        result.map(|()| reply)
    }

    /// Whatever it does not decide, the next handler of the chain does.
    unsafe fn access(&self, request: *mut radius_request_t) -> Result<radius_verdict_t, radius_status_t> {
        let lists = self.host.lists;
        let received = (self.host.requests.list)(request, RADIUS_LIST_REQUEST);
        let mut view = std::mem::MaybeUninit::<radius_view_t>::uninit();
        if (lists.find)(received, self.called_station_id, view.as_mut_ptr()) != RADIUS_OK {
            return Ok(self.unknown);
        }
        let view = view.assume_init();
        let called = std::slice::from_raw_parts(view.data, view.length as usize);
        let network = called.iter().rposition(|&octet| octet == b':').map(|colon| &called[colon + 1..]);
        match network.and_then(|name| self.networks.get(name)) {
            None => Ok(self.unknown),
            Some(&reply) => {
                check((lists.append_prebuilt)((self.host.requests.list)(request, RADIUS_LIST_REPLY), reply))?;
                Ok(RADIUS_PASS)
            }
        }
    }
}

unsafe extern "C" fn create(
    host: *const radius_host_v1_t, instance: *mut radius_instance_t, result: *mut *mut c_void) -> radius_status_t {
    let host: &'static radius_host_v1_t = &*host; // it outlives the instance
    border(host, instance, || match Vlan::new(host, instance) {
        Ok(vlan) => {
            *result = Box::into_raw(Box::new(vlan)) as *mut c_void;
            RADIUS_OK
        }
        Err(status) => status,
    })
}

unsafe extern "C" fn destroy(own: *mut c_void) {
    drop(Box::from_raw(own as *mut Vlan));
}

/// Runs on several workers at once.
unsafe extern "C" fn handle_access(
    own: *mut c_void, _thread: *mut c_void, request: *mut radius_request_t) -> radius_verdict_t {
    let vlan = &*(own as *const Vlan);
    border(vlan.host, vlan.instance, || vlan.access(request).unwrap_or_else(|status| status))
}

radius_plugin!("org.example.vlan", "1.0.0", "puts users into the VLAN of their network", {
    create: create,
    destroy: destroy,
    handle_access: handle_access,
});

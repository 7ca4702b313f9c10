// SPDX-License-Identifier: Apache-2.0
//! What a module in Rust should not do: it panics for the user "panic", and for the user "pin" it uses a thread-local
//! variable that has a destructor, which keeps the library in memory.
#[path = "../../sdk/examples/rust/radius.rs"]
mod radius;

use radius::*;
use std::cell::RefCell;
use std::ffi::c_void;

thread_local!(static PINNED: RefCell<String> = RefCell::new(String::new()));

struct Panics {
    host: &'static radius_host_v1_t,
    instance: *mut radius_instance_t,
    user_name: radius_attr_t,
}

unsafe extern "C" fn create(
    host: *const radius_host_v1_t, instance: *mut radius_instance_t, result: *mut *mut c_void) -> radius_status_t {
    let mut made = Panics { host: &*host, instance, user_name: 0 };
    let status = ((*host).dictionary.resolve)(instance, text("User-Name"), &mut made.user_name);
    *result = Box::into_raw(Box::new(made)) as *mut c_void;
    status
}

unsafe extern "C" fn destroy(own: *mut c_void) {
    drop(Box::from_raw(own as *mut Panics));
}

unsafe extern "C" fn handle_access(
    own: *mut c_void, _thread: *mut c_void, request: *mut radius_request_t) -> radius_verdict_t {
    let panics = &*(own as *const Panics);
    border(panics.host, panics.instance, || {
        let mut view = std::mem::MaybeUninit::<radius_view_t>::uninit();
        let list = (panics.host.requests.list)(request, RADIUS_LIST_REQUEST);
        if (panics.host.lists.find)(list, panics.user_name, view.as_mut_ptr()) != RADIUS_OK {
            return RADIUS_REJECT;
        }
        let view = view.assume_init();
        match std::slice::from_raw_parts(view.data, view.length as usize) {
            b"panic" => panic!("it panicked for {} octets", view.length),
            b"pin" => PINNED.with(|pinned| pinned.borrow_mut().push('x')),
            _ => {}
        }
        RADIUS_ACCEPT
    })
}

radius_plugin!("org.radhost.test.panics", "1.0.0", "panics when it is told to", {
    create: create,
    destroy: destroy,
    handle_access: handle_access,
});

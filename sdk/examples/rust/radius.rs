// SPDX-License-Identifier: Apache-2.0
//! radius_plugin_v1 for Rust: the types, tables and constants of the C headers, under the C headers' names. Copy this
//! file beside your module; it needs nothing but the standard library of Rust 1.63 or later.
//!
//! What each function does, on which thread, and who owns what, stands in the C headers. Two rules of Rust's own:
//! - No panic may cross the border: run what may panic within `border`.
//! - A handler may run on several threads at once, and (through radius.subrequest/1) within itself: reach what it shares
//!   by `&`, never by `&mut`.
#![allow(non_camel_case_types, dead_code)]

use std::ffi::c_void;
use std::os::raw::c_char;

// abi.h

pub const RADIUS_PLUGIN_ABI_MAJOR: u32 = 1;
pub const RADIUS_PLUGIN_ABI_MINOR: u32 = 0;

pub type radius_status_t = i32;
pub const RADIUS_OK: radius_status_t = 0;
pub const RADIUS_ERR_INVALID: radius_status_t = -1;
pub const RADIUS_ERR_NOT_FOUND: radius_status_t = -2;
pub const RADIUS_ERR_UNSUPPORTED: radius_status_t = -3;
pub const RADIUS_ERR_TYPE: radius_status_t = -4;
pub const RADIUS_ERR_RANGE: radius_status_t = -5;
pub const RADIUS_ERR_LIMIT: radius_status_t = -6;
pub const RADIUS_ERR_READ_ONLY: radius_status_t = -7;
pub const RADIUS_ERR_HOST_OWNED: radius_status_t = -8;
pub const RADIUS_ERR_STATE: radius_status_t = -9;
pub const RADIUS_ERR_GONE: radius_status_t = -10;
pub const RADIUS_ERR_CONFIG: radius_status_t = -11;
pub const RADIUS_ERR_IO: radius_status_t = -12;
pub const RADIUS_ERR_MEMORY: radius_status_t = -13;
pub const RADIUS_ERR_EXCEPTION: radius_status_t = -14;
pub const RADIUS_ERR_TIMEOUT: radius_status_t = -15;
pub const RADIUS_ERR_INTERNAL: radius_status_t = -16;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct radius_text_t {
    pub data: *const c_char,
    pub length: u64,
}

macro_rules! opaque {
    ($($name:ident),*) => { $(#[repr(C)] pub struct $name { _private: [u8; 0] })* };
}
opaque!(radius_instance_t, radius_thread_t, radius_request_t, radius_list_t, radius_prebuilt_t);

/// Declares a table: `size`, `reserved`, and functions, each of which the host has filled in.
macro_rules! table {
    ($name:ident { $($function:ident: fn($($argument:ty),*) $(-> $result:ty)?;)* }) => {
        #[repr(C)]
        pub struct $name {
            pub size: u32,
            pub reserved: u32,
            $(pub $function: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
        }
    };
}

// config.h

pub type radius_config_type_t = i32;
pub const RADIUS_CONFIG_ABSENT: radius_config_type_t = 0;
pub const RADIUS_CONFIG_TEXT: radius_config_type_t = 1;
pub const RADIUS_CONFIG_INTEGER: radius_config_type_t = 2;
pub const RADIUS_CONFIG_REAL: radius_config_type_t = 3;
pub const RADIUS_CONFIG_BOOLEAN: radius_config_type_t = 4;
pub const RADIUS_CONFIG_ARRAY: radius_config_type_t = 5;
pub const RADIUS_CONFIG_TABLE: radius_config_type_t = 6;

table!(radius_config_v1_t {
    type_of: fn(*mut radius_instance_t, radius_text_t) -> radius_config_type_t;
    text: fn(*mut radius_instance_t, radius_text_t, *mut radius_text_t) -> radius_status_t;
    integer: fn(*mut radius_instance_t, radius_text_t, *mut i64) -> radius_status_t;
    real: fn(*mut radius_instance_t, radius_text_t, *mut f64) -> radius_status_t;
    boolean: fn(*mut radius_instance_t, radius_text_t, *mut i32) -> radius_status_t;
    secret: fn(*mut radius_instance_t, radius_text_t, *mut radius_text_t) -> radius_status_t;
    count: fn(*mut radius_instance_t, radius_text_t) -> u64;
    member: fn(*mut radius_instance_t, radius_text_t, u64, *mut radius_text_t) -> radius_status_t;
    json: fn(*mut radius_instance_t, radius_text_t, *mut radius_text_t) -> radius_status_t;
    reject: fn(*mut radius_instance_t, radius_text_t, radius_text_t);
    reject_at: fn(*mut radius_instance_t, radius_text_t, u32, u32, radius_text_t);
    depend: fn(*mut radius_instance_t, radius_text_t, *mut radius_text_t) -> radius_status_t;
    path: fn(*mut radius_instance_t, radius_text_t, *mut radius_text_t) -> radius_status_t;
});

// conversation.h

table!(radius_conversations_v1_t {
    round: fn(*mut radius_request_t) -> u32;
    data: fn(*mut radius_request_t) -> *mut c_void;
    set_data: fn(*mut radius_request_t, *mut c_void, Option<unsafe extern "C" fn(*mut c_void)>) -> radius_status_t;
});

// dictionary.h

pub type radius_attr_t = u32;
pub type radius_type_t = i32;
pub const RADIUS_TYPE_OCTETS: radius_type_t = 1;
pub const RADIUS_TYPE_TEXT: radius_type_t = 2;
pub const RADIUS_TYPE_UINT8: radius_type_t = 3;
pub const RADIUS_TYPE_UINT16: radius_type_t = 4;
pub const RADIUS_TYPE_UINT32: radius_type_t = 5;
pub const RADIUS_TYPE_UINT64: radius_type_t = 6;
pub const RADIUS_TYPE_INT32: radius_type_t = 7;
pub const RADIUS_TYPE_TIME: radius_type_t = 8;
pub const RADIUS_TYPE_IFID: radius_type_t = 9;
pub const RADIUS_TYPE_IPV4: radius_type_t = 10;
pub const RADIUS_TYPE_IPV6: radius_type_t = 11;
pub const RADIUS_TYPE_IPV6_PREFIX: radius_type_t = 12;
pub const RADIUS_TYPE_IPV4_PREFIX: radius_type_t = 13;
pub const RADIUS_TYPE_TLV: radius_type_t = 14;
pub const RADIUS_TYPE_ETHERNET: radius_type_t = 15;
pub const RADIUS_TYPE_COMBO_IP: radius_type_t = 16;
pub const RADIUS_TYPE_ABINARY: radius_type_t = 17;
pub const RADIUS_TYPE_CONTAINER: radius_type_t = 18;

/// Set `size` to its size first.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radius_attr_info_t {
    pub size: u32,
    pub attr: radius_attr_t,
    pub parent: radius_attr_t,
    pub vendor: u32,
    pub number: u32,
    pub data_type: radius_type_t,
    pub flags: u32,
    pub reserved: u32,
    pub name: radius_text_t,
}
pub const RADIUS_ATTR_TAGGED: u32 = 1;
pub const RADIUS_ATTR_SENSITIVE: u32 = 2;
pub const RADIUS_ATTR_INTERNAL: u32 = 4;
pub const RADIUS_ATTR_CONCAT: u32 = 8;
pub const RADIUS_ATTR_HOST_OWNED: u32 = 16;

table!(radius_dictionary_v1_t {
    resolve: fn(*mut radius_instance_t, radius_text_t, *mut radius_attr_t) -> radius_status_t;
    describe: fn(*mut radius_instance_t, radius_attr_t, *mut radius_attr_info_t) -> radius_status_t;
    value_by_name: fn(*mut radius_instance_t, radius_attr_t, radius_text_t, *mut u64) -> radius_status_t;
    name_by_value: fn(*mut radius_instance_t, radius_attr_t, u64, *mut radius_text_t) -> radius_status_t;
    print: fn(*mut radius_instance_t, radius_attr_t, *const u8, u64, *mut c_char, *mut u64) -> radius_status_t;
    parse: fn(*mut radius_instance_t, radius_attr_t, radius_text_t, *mut u8, *mut u64) -> radius_status_t;
    suggest: fn(*mut radius_instance_t, radius_text_t, *mut radius_text_t) -> radius_status_t;
});

// list.h

#[repr(C)]
#[derive(Clone, Copy)]
pub struct radius_view_t {
    pub attr: radius_attr_t,
    pub vendor: u32,
    pub number: u32,
    pub flags: u16,
    pub tag: u8,
    pub top: u8,
    pub data: *const u8,
    pub length: u32,
    pub data_type: radius_type_t,
    pub cursor: u64,
}
pub const RADIUS_VIEW_TAGGED: u16 = 1;
pub const RADIUS_VIEW_SENSITIVE: u16 = 2;
pub const RADIUS_VIEW_INVALID: u16 = 4;
pub const RADIUS_VIEW_INTERNAL: u16 = 8;
pub const RADIUS_NO_TAG: i32 = -1;

table!(radius_lists_v1_t {
    first: fn(*const radius_list_t, *mut radius_view_t) -> radius_status_t;
    next: fn(*const radius_list_t, *mut radius_view_t) -> radius_status_t;
    find: fn(*const radius_list_t, radius_attr_t, *mut radius_view_t) -> radius_status_t;
    find_next: fn(*const radius_list_t, radius_attr_t, *mut radius_view_t) -> radius_status_t;
    first_child: fn(*const radius_list_t, *const radius_view_t, *mut radius_view_t) -> radius_status_t;
    next_child: fn(*const radius_list_t, *const radius_view_t, *mut radius_view_t) -> radius_status_t;
    raw: fn(*const radius_list_t, *const radius_view_t, *mut *const u8, *mut u32) -> radius_status_t;
    read_integer: fn(*const radius_view_t, *mut u64) -> radius_status_t;
    read_ipv4: fn(*const radius_view_t, *mut [u8; 4]) -> radius_status_t;
    read_ipv6: fn(*const radius_view_t, *mut [u8; 16]) -> radius_status_t;
    read_prefix: fn(*const radius_view_t, *mut [u8; 16], *mut u32, *mut i32) -> radius_status_t;
    read_ifid: fn(*const radius_view_t, *mut [u8; 8]) -> radius_status_t;
    add_integer: fn(*mut radius_list_t, radius_attr_t, i32, u64) -> radius_status_t;
    add_octets: fn(*mut radius_list_t, radius_attr_t, i32, *const u8, u64) -> radius_status_t;
    add_ipv4: fn(*mut radius_list_t, radius_attr_t, i32, *const [u8; 4]) -> radius_status_t;
    add_ipv6: fn(*mut radius_list_t, radius_attr_t, i32, *const [u8; 16]) -> radius_status_t;
    add_prefix: fn(*mut radius_list_t, radius_attr_t, i32, *const u8, u32, u32) -> radius_status_t;
    add_ifid: fn(*mut radius_list_t, radius_attr_t, i32, *const [u8; 8]) -> radius_status_t;
    add_parsed: fn(*mut radius_list_t, radius_attr_t, i32, radius_text_t) -> radius_status_t;
    add_named: fn(*mut radius_list_t, radius_text_t, radius_text_t) -> radius_status_t;
    begin_group: fn(*mut radius_list_t, radius_attr_t) -> radius_status_t;
    end_group: fn(*mut radius_list_t) -> radius_status_t;
    remove: fn(*mut radius_list_t, radius_attr_t, *mut u64) -> radius_status_t;
    create_list: fn(*mut radius_instance_t, *mut *mut radius_list_t) -> radius_status_t;
    destroy_list: fn(*mut radius_list_t);
    append: fn(*mut radius_list_t, *const radius_list_t) -> radius_status_t;
    prebuild: fn(*mut radius_instance_t, *const radius_list_t, *mut *mut radius_prebuilt_t) -> radius_status_t;
    destroy_prebuilt: fn(*mut radius_instance_t, *mut radius_prebuilt_t) -> radius_status_t;
    append_prebuilt: fn(*mut radius_list_t, *const radius_prebuilt_t) -> radius_status_t;
});

// log.h

pub type radius_level_t = i32;
pub const RADIUS_DEBUG: radius_level_t = 1;
pub const RADIUS_INFO: radius_level_t = 2;
pub const RADIUS_WARN: radius_level_t = 3;
pub const RADIUS_ERROR: radius_level_t = 4;

table!(radius_log_v1_t {
    enabled: fn(*mut radius_instance_t, radius_level_t) -> i32;
    write: fn(*mut radius_instance_t, radius_level_t, radius_text_t);
    write_for: fn(*mut radius_request_t, radius_level_t, radius_text_t);
    explain: fn(*mut radius_instance_t, radius_text_t);
});

// request.h

pub type radius_list_kind_t = i32;
pub const RADIUS_LIST_REQUEST: radius_list_kind_t = 1;
pub const RADIUS_LIST_REPLY: radius_list_kind_t = 2;
pub const RADIUS_LIST_CONTROL: radius_list_kind_t = 3;

pub const RADIUS_CODE_ACCESS_REQUEST: u8 = 1;
pub const RADIUS_CODE_ACCOUNTING_REQUEST: u8 = 4;
pub const RADIUS_CODE_DISCONNECT_REQUEST: u8 = 40;
pub const RADIUS_CODE_COA_REQUEST: u8 = 43;

pub const RADIUS_TRANSPORT_UDP: u8 = 1;
pub const RADIUS_TRANSPORT_TCP: u8 = 2;
pub const RADIUS_TRANSPORT_TLS: u8 = 3;
pub const RADIUS_TRANSPORT_DTLS: u8 = 4;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct radius_address_t {
    pub octets: [u8; 16],
    pub scope_id: u32,
    pub port: u16,
    pub family: u16,
}

/// Set `size` to its size first.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radius_request_info_t {
    pub size: u32,
    pub code: u8,
    pub identifier: u8,
    pub version: u8,
    pub transport: u8,
    pub id: u64,
    pub received_us: i64,
    pub deadline_ns: u64,
    pub authenticator: [u8; 16],
    pub peer: radius_address_t,
    pub local: radius_address_t,
    pub flags: u32,
    pub depth: u32,
    pub client: radius_text_t,
    pub listener: radius_text_t,
    pub tls_identity: radius_text_t,
}
pub const RADIUS_REQUEST_PROTECTED: u32 = 1;
pub const RADIUS_REQUEST_OFFLOADED: u32 = 2;

table!(radius_requests_v1_t {
    list: fn(*mut radius_request_t, radius_list_kind_t) -> *mut radius_list_t;
    info: fn(*mut radius_request_t, *mut radius_request_info_t) -> radius_status_t;
});

// system.h

table!(radius_system_v1_t {
    monotonic_ns: fn(*mut radius_instance_t) -> u64;
    wall_clock_us: fn(*mut radius_instance_t) -> i64;
    random: fn(*mut radius_instance_t, *mut u8, u64) -> radius_status_t;
});

// timer.h

pub type radius_timer_t = u64;
pub type radius_timer_callback_t = unsafe extern "C" fn(*mut c_void, radius_timer_t, radius_status_t);

table!(radius_timers_v1_t {
    start: fn(*mut radius_thread_t, u64, radius_timer_callback_t, *mut c_void, *mut radius_timer_t) -> radius_status_t;
    stop: fn(*mut radius_thread_t, radius_timer_t) -> radius_status_t;
});

// token.h and verdict.h

pub type radius_token_t = u64;
pub type radius_verdict_t = i32;
pub const RADIUS_ACCEPT: radius_verdict_t = 1;
pub const RADIUS_REJECT: radius_verdict_t = 2;
pub const RADIUS_CHALLENGE: radius_verdict_t = 3;
pub const RADIUS_DROP: radius_verdict_t = 4;
pub const RADIUS_UNABLE: radius_verdict_t = 5;
pub const RADIUS_PASS: radius_verdict_t = 6;
pub const RADIUS_PENDING: radius_verdict_t = 7;
pub const RADIUS_OFFLOAD: radius_verdict_t = 8;
pub const RADIUS_COMPLETE_PROXIED: u32 = 1;

table!(radius_tokens_v1_t {
    token: fn(*mut radius_request_t) -> radius_token_t;
    acquire: fn(*mut radius_instance_t, radius_token_t) -> *mut radius_request_t;
    complete: fn(*mut radius_instance_t, radius_token_t, *mut radius_request_t, radius_verdict_t,
                 u32) -> radius_status_t;
    release: fn(*mut radius_instance_t, radius_token_t, *mut radius_request_t) -> radius_status_t;
});

// host.h

#[repr(C)]
pub struct radius_host_v1_t {
    pub size: u32,
    pub abi_minor: u32,
    pub name: radius_text_t,
    pub version: radius_text_t,
    pub log: &'static radius_log_v1_t,
    pub system: &'static radius_system_v1_t,
    pub config: &'static radius_config_v1_t,
    pub dictionary: &'static radius_dictionary_v1_t,
    pub lists: &'static radius_lists_v1_t,
    pub requests: &'static radius_requests_v1_t,
    pub tokens: &'static radius_tokens_v1_t,
    pub conversations: &'static radius_conversations_v1_t,
    pub timers: &'static radius_timers_v1_t,
    pub extension: unsafe extern "C" fn(*mut radius_instance_t, radius_text_t) -> *const c_void,
    pub started: unsafe extern "C" fn(*mut radius_instance_t, radius_status_t) -> radius_status_t,
    pub thread_started: unsafe extern "C" fn(*mut radius_thread_t, radius_status_t) -> radius_status_t,
}
pub const RADIUS_STARTING: radius_status_t = 1;

// plugin.h

pub type radius_threading_t = i32;
pub const RADIUS_THREADING_CONCURRENT: radius_threading_t = 0;
pub const RADIUS_THREADING_BLOCKING: radius_threading_t = 1;
pub const RADIUS_THREADING_SERIAL: radius_threading_t = 2;

pub type radius_create = unsafe extern "C" fn(
    *const radius_host_v1_t, *mut radius_instance_t, *mut *mut c_void) -> radius_status_t;
pub type radius_thread_start = unsafe extern "C" fn(
    *mut c_void, *mut radius_thread_t, *mut *mut c_void) -> radius_status_t;
pub type radius_handler = unsafe extern "C" fn(*mut c_void, *mut c_void, *mut radius_request_t) -> radius_verdict_t;
pub type radius_finish = unsafe extern "C" fn(*mut c_void, *mut c_void, *mut radius_request_t, radius_verdict_t);

#[repr(C)]
pub struct radius_plugin_v1_t {
    pub size: u32,
    pub abi_minor: u32,
    pub least_host_minor: u32,
    pub threading: radius_threading_t,
    pub id: radius_text_t,
    pub version: radius_text_t,
    pub description: radius_text_t,
    pub create: Option<radius_create>,
    pub destroy: Option<unsafe extern "C" fn(*mut c_void)>,
    pub start: Option<unsafe extern "C" fn(*mut c_void) -> radius_status_t>,
    pub stop: Option<unsafe extern "C" fn(*mut c_void)>,
    pub thread_start: Option<radius_thread_start>,
    pub thread_stop: Option<unsafe extern "C" fn(*mut c_void, *mut c_void)>,
    pub handle_access: Option<radius_handler>,
    pub handle_accounting: Option<radius_handler>,
    pub handle_coa: Option<radius_handler>,
    pub handle_disconnect: Option<radius_handler>,
    pub handle_finish: Option<radius_finish>,
    pub cancel: Option<unsafe extern "C" fn(*mut c_void, radius_token_t)>,
    pub reopen: Option<unsafe extern "C" fn(*mut c_void)>,
}
/// It is constant, and its texts are too.
unsafe impl Sync for radius_plugin_v1_t {}

// note.h

pub const RADIUS_NOTE_SECTION: &str = ".note.radius";
pub const RADIUS_NOTE_TYPE: u32 = 1;
pub const RADIUS_NOTE_ID_SIZE: usize = 64;
pub const RADIUS_NOTE_VERSION_SIZE: usize = 32;

#[repr(C)]
pub struct radius_note_t {
    pub name_size: u32,
    pub description_size: u32,
    pub note_type: u32,
    pub name: [u8; 8],
    pub abi_major: u32,
    pub abi_minor: u32,
    pub least_host_minor: u32,
    pub reserved: u32,
    pub id: [u8; RADIUS_NOTE_ID_SIZE],
    pub version: [u8; RADIUS_NOTE_VERSION_SIZE],
}

impl radius_note_t {
    pub const fn new(id: &str, version: &str, least_host_minor: u32) -> Self {
        Self {
            name_size: 8,
            description_size: 112,
            note_type: RADIUS_NOTE_TYPE,
            name: *b"RADIUS\0\0",
            abi_major: RADIUS_PLUGIN_ABI_MAJOR,
            abi_minor: RADIUS_PLUGIN_ABI_MINOR,
            least_host_minor,
            reserved: 0,
            id: filled(id),
            version: filled(version),
        }
    }
}

const fn filled<const SIZE: usize>(text: &str) -> [u8; SIZE] {
    let (from, mut to, mut i) = (text.as_bytes(), [0; SIZE], 0);
    while i < from.len() {
        to[i] = from[i];
        i += 1;
    }
    to
}

/// Makes the module: its note, and the one function that it exports. The descriptor is a `radius_plugin_v1_t` without
/// the members that are the same for all.
#[macro_export]
macro_rules! radius_plugin {
    ($id:expr, $version:expr, $description:expr, { $($member:ident: $value:expr),* $(,)? }) => {
        #[used]
        #[link_section = ".note.radius"]
        static RADIUS_PLUGIN_NOTE: $crate::radius::radius_note_t = $crate::radius::radius_note_t::new($id, $version, 0);

        #[no_mangle]
        pub extern "C" fn radius_plugin_v1() -> *const $crate::radius::radius_plugin_v1_t {
            static DESCRIPTOR: $crate::radius::radius_plugin_v1_t = $crate::radius::radius_plugin_v1_t {
                id: $crate::radius::text($id),
                version: $crate::radius::text($version),
                description: $crate::radius::text($description),
                $($member: Some($value),)*
                ..$crate::radius::radius_plugin_v1_t::NOTHING
            };
            &DESCRIPTOR
        }
    };
}

impl radius_plugin_v1_t {
    pub const NOTHING: Self = Self {
        size: std::mem::size_of::<Self>() as u32,
        abi_minor: RADIUS_PLUGIN_ABI_MINOR,
        least_host_minor: 0,
        threading: RADIUS_THREADING_CONCURRENT,
        id: text(""),
        version: text(""),
        description: text(""),
        create: None,
        destroy: None,
        start: None,
        stop: None,
        thread_start: None,
        thread_stop: None,
        handle_access: None,
        handle_accounting: None,
        handle_coa: None,
        handle_disconnect: None,
        handle_finish: None,
        cancel: None,
        reopen: None,
    };
}

// ext/client.h

pub const RADIUS_EXT_CLIENT: &str = "radius.client/1";
pub type radius_pool_t = u32;
pub type radius_exchange_t = u64;
pub type radius_client_callback_t =
    unsafe extern "C" fn(*mut c_void, radius_exchange_t, radius_status_t, u32, *const radius_list_t);

table!(radius_client_v1_t {
    pool: fn(*mut radius_instance_t, radius_text_t, *mut radius_pool_t) -> radius_status_t;
    send: fn(*mut radius_thread_t, radius_pool_t, u32, *const radius_list_t, radius_client_callback_t, *mut c_void,
             *mut radius_exchange_t) -> radius_status_t;
    forward: fn(*mut radius_thread_t, radius_pool_t, *mut radius_request_t, *const radius_attr_t, u32,
                *const radius_list_t, radius_client_callback_t, *mut c_void,
                *mut radius_exchange_t) -> radius_status_t;
    cancel: fn(*mut radius_thread_t, radius_exchange_t) -> radius_status_t;
});

// ext/fd.h

pub const RADIUS_EXT_FD: &str = "radius.fd/1";
pub type radius_watch_t = u64;
pub type radius_fd_callback = unsafe extern "C" fn(*mut c_void, radius_watch_t, u32);
pub const RADIUS_FD_READABLE: u32 = 1;
pub const RADIUS_FD_WRITABLE: u32 = 2;
pub const RADIUS_FD_CLOSED: u32 = 4;

table!(radius_fd_v1_t {
    watch: fn(*mut radius_thread_t, i32, u32, radius_fd_callback, *mut c_void, *mut radius_watch_t) -> radius_status_t;
    change: fn(*mut radius_thread_t, radius_watch_t, u32) -> radius_status_t;
    unwatch: fn(*mut radius_thread_t, radius_watch_t) -> radius_status_t;
});

// ext/metrics.h

pub const RADIUS_EXT_METRICS: &str = "radius.metrics/1";
pub type radius_metric_t = u32;

table!(radius_metrics_v1_t {
    counter: fn(*mut radius_instance_t, radius_text_t, radius_text_t, radius_text_t,
                *mut radius_metric_t) -> radius_status_t;
    gauge: fn(*mut radius_instance_t, radius_text_t, radius_text_t, radius_text_t,
              *mut radius_metric_t) -> radius_status_t;
    histogram: fn(*mut radius_instance_t, radius_text_t, radius_text_t, radius_text_t, *const f64, u32,
                  *mut radius_metric_t) -> radius_status_t;
    add: fn(*mut radius_instance_t, radius_metric_t, u64);
    set: fn(*mut radius_instance_t, radius_metric_t, f64);
    observe: fn(*mut radius_instance_t, radius_metric_t, f64);
});

// ext/store.h

pub const RADIUS_EXT_STORE: &str = "radius.store/1";
pub type radius_store_callback_t = unsafe extern "C" fn(*mut c_void, radius_status_t, *const u8, u64);

table!(radius_store_v1_t {
    get: fn(*mut radius_thread_t, radius_text_t, radius_store_callback_t, *mut c_void) -> radius_status_t;
    put: fn(*mut radius_thread_t, radius_text_t, *const u8, u64, u64, radius_store_callback_t,
            *mut c_void) -> radius_status_t;
    put_new: fn(*mut radius_thread_t, radius_text_t, *const u8, u64, u64, radius_store_callback_t,
                *mut c_void) -> radius_status_t;
    take: fn(*mut radius_thread_t, radius_text_t, radius_store_callback_t, *mut c_void) -> radius_status_t;
});

// ext/subrequest.h

pub const RADIUS_EXT_SUBREQUEST: &str = "radius.subrequest/1";
pub type radius_chain_t = u32;
pub type radius_subrequest_callback_t = unsafe extern "C" fn(*mut c_void, radius_verdict_t, *const radius_list_t);

table!(radius_subrequest_v1_t {
    chain: fn(*mut radius_instance_t, radius_text_t, *mut radius_chain_t) -> radius_status_t;
    run: fn(*mut radius_thread_t, radius_chain_t, *mut radius_request_t, *const radius_list_t,
            radius_subrequest_callback_t, *mut c_void) -> radius_status_t;
});

// Of Rust's own

/// Text for a call; it is borrowed for that call.
pub const fn text(text: &str) -> radius_text_t {
    radius_text_t { data: text.as_ptr() as *const c_char, length: text.len() as u64 }
}

/// The octets of a text; the data of an empty one may be NULL, of which no slice can be made.
/// # Safety
/// The header says for how long the text lives.
pub unsafe fn octets<'a>(text: radius_text_t) -> &'a [u8] {
    if text.length == 0 { &[] } else { std::slice::from_raw_parts(text.data as *const u8, text.length as usize) }
}

/// Runs what may panic, and makes a panic the error that the C++ veneer makes of an exception.
///
/// The hook that prints panics is replaced by one that prints nothing: the standard one keeps a thread-local variable
/// with a destructor, and such a thread-local keeps the module in memory for good.
pub fn border(host: &radius_host_v1_t, instance: *mut radius_instance_t, body: impl FnOnce() -> i32) -> i32 {
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)) {
        Ok(result) => result,
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            unsafe { (host.log.explain)(instance, text(said.unwrap_or("the module panicked"))) };
            RADIUS_ERR_EXCEPTION
        }
    }
}

/// As many octets as any struct here has, each of which holds its own place: `std::mem::offset_of` came with Rust 1.77.
#[repr(C, align(16))]
pub struct Ruler([u8; 256]);
impl Ruler {
    pub const fn new() -> Self {
        let (mut marks, mut i) = ([0; 256], 0);
        while i < 256 {
            marks[i] = i as u8;
            i += 1;
        }
        Self(marks)
    }
}

/// The offset of a member, as a constant.
#[macro_export]
macro_rules! offset_of {
    ($type:ty, $member:ident) => {{
        const RULER: $crate::radius::Ruler = $crate::radius::Ruler::new();
        assert!(std::mem::size_of::<$type>() <= std::mem::size_of::<$crate::radius::Ruler>());
        let begin = &RULER as *const $crate::radius::Ruler as *const $type;
        unsafe { *(std::ptr::addr_of!((*begin).$member) as *const u8) as usize }
    }};
}

/// The sizes and offsets that the C headers pin.
macro_rules! pins {
    ($($type:ident $size:literal { $($member:ident $offset:literal)* })*) => {
        $(const _: () = {
            assert!(std::mem::size_of::<$type>() == $size);
            $(assert!(offset_of!($type, $member) == $offset);)*
        };)*
    };
}
#[cfg(target_pointer_width = "64")]
pins! {
    radius_text_t 16 { length 8 }
    radius_config_v1_t 112 { depend 96 path 104 }
    radius_conversations_v1_t 32 { set_data 24 }
    radius_attr_info_t 48 { name 32 }
    radius_dictionary_v1_t 64 { parse 48 suggest 56 }
    radius_host_v1_t 136 { log 40 extension 112 thread_started 128 }
    radius_view_t 40 { flags 12 data 16 length 24 data_type 28 cursor 32 }
    radius_lists_v1_t 240 { add_integer 104 append_prebuilt 232 }
    radius_log_v1_t 40 { explain 32 }
    radius_note_t 132 { abi_major 20 id 36 version 100 }
    radius_plugin_v1_t 168 { id 16 create 64 handle_access 112 reopen 160 }
    radius_address_t 24 { port 20 family 22 }
    radius_request_info_t 152 { authenticator 32 peer 48 flags 96 client 104 tls_identity 136 }
    radius_requests_v1_t 24 { info 16 }
    radius_system_v1_t 32 { random 24 }
    radius_timers_v1_t 24 { stop 16 }
    radius_tokens_v1_t 40 { release 32 }
    radius_client_v1_t 40 { cancel 32 }
    radius_fd_v1_t 32 { unwatch 24 }
    radius_metrics_v1_t 56 { observe 48 }
    radius_store_v1_t 40 { take 32 }
    radius_subrequest_v1_t 24 { run 16 }
}

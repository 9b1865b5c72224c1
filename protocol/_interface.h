/* What the modules in C take and give, as a number that Python compares when it imports
 * them: a checkout may have newer sources than those that were compiled.
 *
 * It is raised whenever an argument, a result or a member changes, together with
 * INTERFACE in native.py; tests/native/test_interfaces.py notices that it was forgotten.
 */
#ifndef PROTOCOL_INTERFACE_H
#define PROTOCOL_INTERFACE_H

#define PROTOCOL_INTERFACE 1

#endif

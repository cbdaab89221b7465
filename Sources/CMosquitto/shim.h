// The MQTT client library of the mosquitto project (Debian: libmosquitto-dev), as far as KeywayMQTT needs it.
#ifndef KEYWAY_CMOSQUITTO_SHIM_H
#define KEYWAY_CMOSQUITTO_SHIM_H

#include <mosquitto.h>
#include <mqtt_protocol.h>

#endif

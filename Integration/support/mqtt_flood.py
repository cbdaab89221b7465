"""A device that reports states as fast as it is told to, in a process of its own.

Usage: mqtt_flood.py PORT USER PASSWORD TOPIC RATE SECONDS; prints how many it published.
"""

import sys
import time

import paho.mqtt.client as mqtt


def main() -> None:
    port, user, password, topic, rate, seconds = sys.argv[1:]
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.username_pw_set(user, password)
    client.max_queued_messages_set(0)
    client.connect("127.0.0.1", int(port))
    client.loop_start()
    begun, sent = time.monotonic(), 0
    while (elapsed := time.monotonic() - begun) < float(seconds):
        while sent < elapsed * float(rate):
            # Half a second long the same, then the other.
            client.publish(topic, ("LOCKED", "UNLOCKED")[int(elapsed * 2) % 2])
            sent += 1
        time.sleep(0.005)
    client.disconnect()
    client.loop_stop()
    print(sent)


main()

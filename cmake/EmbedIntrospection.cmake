# Run as a script: joins the interfaces of XML files into one documented node, as a C++ string.
# cmake -D OUTPUT=file.cpp -D "INPUTS=a.xml;b.xml" -P EmbedIntrospection.cmake
set(interfaces "")
foreach(input IN LISTS INPUTS)
  file(READ ${input} xml)
  string(FIND "${xml}" "<interface" first)
  string(FIND "${xml}" "</node>" last)
  string(FIND "${xml}" "<node" node)
  string(SUBSTRING "${xml}" ${node} -1 from_node)
  string(FIND "${from_node}" ">" bracket)
  math(EXPR begin "${node} + ${bracket} + 1")
  math(EXPR length "${last} - ${begin}")
  string(SUBSTRING "${xml}" ${begin} ${length} body)
  string(APPEND interfaces "${body}")
endforeach()
file(
  WRITE ${OUTPUT}
  "// Generated from gateway/dbus/*.xml.
#include \"sink-service/service/introspection.hpp\"

namespace sink_service {

const char* const introspection_xml = R\"xml(<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"
 \"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">
<node>
  <interface name=\"org.freedesktop.DBus.Peer\">
    <method name=\"Ping\"/>
    <method name=\"GetMachineId\"><arg type=\"s\" name=\"machine_uuid\" direction=\"out\"/></method>
  </interface>
  <interface name=\"org.freedesktop.DBus.Introspectable\">
    <method name=\"Introspect\"><arg name=\"data\" type=\"s\" direction=\"out\"/></method>
  </interface>
  <interface name=\"org.freedesktop.DBus.Properties\">
    <method name=\"Get\">
      <arg name=\"interface\" direction=\"in\" type=\"s\"/>
      <arg name=\"property\" direction=\"in\" type=\"s\"/>
      <arg name=\"value\" direction=\"out\" type=\"v\"/>
    </method>
    <method name=\"GetAll\">
      <arg name=\"interface\" direction=\"in\" type=\"s\"/>
      <arg name=\"properties\" direction=\"out\" type=\"a{sv}\"/>
    </method>
    <method name=\"Set\">
      <arg name=\"interface\" direction=\"in\" type=\"s\"/>
      <arg name=\"property\" direction=\"in\" type=\"s\"/>
      <arg name=\"value\" direction=\"in\" type=\"v\"/>
    </method>
    <signal name=\"PropertiesChanged\">
      <arg type=\"s\" name=\"interface\"/>
      <arg type=\"a{sv}\" name=\"changed_properties\"/>
      <arg type=\"as\" name=\"invalidated_properties\"/>
    </signal>
  </interface>
${interfaces}</node>
)xml\";

} // namespace sink_service
")

"""Real servers of the Java world: Tomcat and Jetty, each started from its jars with a configuration written here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import quoteattr

from tests.servers.launch import Server, Start, missing, require, running

JARS = Path("/usr/share/java")
TOMCAT = Path("/usr/share/tomcat10")
# One small process that is ready soon: no compiler that takes its time, no heap that it does not need.
JAVA = ["-Xmx96m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Dfile.encoding=UTF-8"]
JETTY_JARS = ("jetty9-server", "jetty9-util", "jetty9-http", "jetty9-io", "jetty9-xml", "servlet-api")
TYPES = {"wav": "audio/x-wav", "mp3": "audio/mpeg", "txt": "text/plain", "html": "text/html"}


@contextmanager
def tomcat(folder: Path) -> Iterator[Server]:
    """Tomcat with the listings of its default servlet on."""
    java = require("java")
    if not (TOMCAT / "bin" / "bootstrap.jar").exists():
        missing("Tomcat is not installed (.ci/servers installs it)")

    def start(port: int, home: Path) -> Start:
        for below in ("conf", "logs", "temp", "work"):
            (home / below).mkdir(exist_ok=True)
        (home / "conf" / "server.xml").write_text(
            f"""<Server port="-1">
  <Service name="Catalina">
    <Connector port="{port}" address="127.0.0.1" protocol="HTTP/1.1"/>
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="nothing" autoDeploy="false" deployOnStartup="false">
        <Context path="" docBase={quoteattr(str(folder))}/>
        <Valve className="org.apache.catalina.valves.AccessLogValve" directory={quoteattr(str(home))}
               prefix="access" suffix=".log" rotatable="false" buffered="false" pattern="common"/>
      </Host>
    </Engine>
  </Service>
</Server>
""",
            encoding="utf-8",
        )
        types = "".join(
            f"<mime-mapping><extension>{ending}</extension><mime-type>{media}</mime-type></mime-mapping>\n"
            for ending, media in TYPES.items()
        )
        (home / "conf" / "web.xml").write_text(
            f"""<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
  <servlet>
    <servlet-name>default</servlet-name>
    <servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class>
    <init-param><param-name>listings</param-name><param-value>true</param-value></init-param>
    <load-on-startup>1</load-on-startup>
  </servlet>
  <servlet-mapping><servlet-name>default</servlet-name><url-pattern>/</url-pattern></servlet-mapping>
  {types}
</web-app>
""",
            encoding="utf-8",
        )
        jars = f"{TOMCAT}/bin/bootstrap.jar:{TOMCAT}/bin/tomcat-juli.jar"
        command = [java, *JAVA, "-cp", jars, f"-Dcatalina.home={TOMCAT}", f"-Dcatalina.base={home}"]
        command += [f"-Djava.io.tmpdir={home}/temp", "org.apache.catalina.startup.Bootstrap", "start"]
        return Start(command, folder)

    with running("tomcat", start) as server:
        yield server


@contextmanager
def jetty(folder: Path) -> Iterator[Server]:
    """Jetty 9 with a resource handler that lists directories."""
    java = require("java")
    if not all((JARS / f"{name}.jar").exists() for name in JETTY_JARS):
        missing("Jetty is not installed (.ci/servers installs it)")

    def start(port: int, home: Path) -> Start:
        # Jetty builds whatever its XML names: nothing has to be compiled, so a runtime without a compiler is enough.
        (home / "jetty.xml").write_text(
            f"""<?xml version="1.0"?>
<!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "http://www.eclipse.org/jetty/configure_9_3.dtd">
<Configure id="server" class="org.eclipse.jetty.server.Server">
  <Call name="addConnector"><Arg><New class="org.eclipse.jetty.server.ServerConnector">
    <Arg><Ref refid="server"/></Arg>
    <Set name="host">127.0.0.1</Set>
    <Set name="port">{port}</Set>
  </New></Arg></Call>
  <Set name="requestLog"><New class="org.eclipse.jetty.server.CustomRequestLog">
    <Arg>{home}/access.log</Arg>
    <Arg>%a "%r" %s</Arg>
  </New></Set>
  <Set name="handler"><New class="org.eclipse.jetty.server.handler.ResourceHandler">
    <Set name="resourceBase">{folder}</Set>
    <Set name="directoriesListed">true</Set>
    <Set name="redirectWelcome">false</Set>
  </New></Set>
</Configure>
""",
            encoding="utf-8",
        )
        jars = ":".join(str(JARS / f"{name}.jar") for name in JETTY_JARS)
        command = [java, *JAVA, "-cp", jars, "org.eclipse.jetty.xml.XmlConfiguration", f"{home}/jetty.xml"]
        return Start(command, folder)

    with running("jetty", start) as server:
        yield server

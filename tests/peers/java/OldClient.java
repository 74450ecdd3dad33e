// An old client as banks run them: it posts an envelope with user name and password in its header.
// Knows nothing of OAuth. Run as `java OldClient.java URL SOAPACTION FILE`.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

public final class OldClient {
    public static void main(String[] arguments) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0]))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "text/xml; charset=utf-8")
                .header("SOAPAction", "\"" + arguments[1] + "\"")
                .POST(HttpRequest.BodyPublishers.ofFile(Path.of(arguments[2])))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.statusCode());
        System.out.println(answer.headers().firstValue("content-type").orElse(""));
        System.out.print(answer.body());
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.Extensions.Logging;
using Parley.Signaling;

namespace Parley.Cli.Commands;

/// <summary>The argument and the options of <c>parley call</c>.</summary>
internal sealed class CallCommandOptions
{
    public Argument<string> Room { get; } = new("ROOM") { Description = "The room's name." };

    public Option<string> Audio { get; } = new("--audio")
    {
        Description =
            "What to send as sound: tone, tune, none, FILE.ogg (Opus), FILE.wav, or with ffmpeg any file or URL. A pipe is played once.",
        DefaultValueFactory = _ => "tone",
    };

    public Option<string> Video { get; } = new("--video")
    {
        Description = "What to send as picture: card, none, FILE.ivf, or with ffmpeg any file or URL.",
        DefaultValueFactory = _ => "card",
    };

    public Option<string?> Record { get; } =
        new("--record") { Description = "Directory for recordings (audio: Ogg/Opus, or WAV for G.711; video: IVF)." };

    public Option<string[]> Say { get; } = new("--say")
    {
        Description = "A message for each peer, as soon as it can be sent. May be given several times.",
        DefaultValueFactory = _ => [],
    };

    public Option<Uri> Server { get; } = new("--server")
    {
        Description = "The server's address.",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:5080"),
        CustomParser = ParseServer,
    };

    public Option<double?> Seconds { get; } = NumberOption.Real(
        "--seconds", "How long to stay; for ever when not given.", above: 0, most: 1_000_000);

    public Option<bool> Json { get; } =
        new("--json") { Description = "Print one JSON object about the call at its end, and nothing else." };

    public Option<string?> Name { get; } = new("--name") { Description = "What to be called by the others." };

    public Option<string[]> Headers { get; } = new("--header")
    {
        Description = "A header of the request that joins, as \"Name: value\", for a proxy that asks for one. May be given several times.",
        DefaultValueFactory = _ => [],
    };

    public Option<string?> AccessToken { get; } = new("--access-token")
    {
        Description = "A bearer token of the request that joins; better in PARLEY_ACCESS_TOKEN, where other users do not see it.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("PARLEY_ACCESS_TOKEN"),
    };

    public ConnectionCommandOptions Connections { get; } = new();

    public void AddTo(Command command)
    {
        Room.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: >= 1 and <= 64 })
            {
                result.AddError("A room's name has 1 to 64 characters.");
            }
        });
        command.Arguments.Add(Room);
        command.Options.Add(Server);
        command.Options.Add(Audio);
        command.Options.Add(Video);
        command.Options.Add(Record);
        command.Options.Add(Seconds);
        command.Options.Add(Json);
        command.Options.Add(Name);
        command.Options.Add(Say);
        command.Options.Add(Headers);
        command.Options.Add(AccessToken);
        Headers.Validators.Add(static result =>
        {
            // A header may hold a secret, so the error does not repeat it.
            if ((result.GetValueOrDefault<string[]>() ?? []).Any(static header => header.IndexOf(':', StringComparison.Ordinal) <= 0))
            {
                result.AddError("--header takes a name, a colon and a value.");
            }
        });
        Connections.AddTo(command);
    }

    /// <summary>How to join, as asked for.</summary>
    public SignalingClientOptions Joining(ParseResult parsed, ILoggerFactory loggers)
    {
        var joining = new SignalingClientOptions
        {
            Name = parsed.GetValue(Name),
            AccessToken = parsed.GetValue(AccessToken),
            LoggerFactory = loggers,
        };
        foreach (string header in parsed.GetValue(Headers) ?? [])
        {
            int colon = header.IndexOf(':', StringComparison.Ordinal);
            joining.Headers[header[..colon].Trim()] = header[(colon + 1)..].Trim();
        }

        return joining;
    }

    private static Uri? ParseServer(ArgumentResult argument)
    {
        string text = argument.Tokens.Single().Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? server) && server.Scheme is "http" or "https" or "ws" or "wss")
        {
            return server;
        }

        argument.AddError($"'{text}' is not the address of a server, such as http://127.0.0.1:5080.");
        return null;
    }
}

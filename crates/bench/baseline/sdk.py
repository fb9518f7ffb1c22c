"""The shortest Python gateway: the openai SDK streams, websockets passes each piece on. Started with: the model server's base URL."""
import asyncio
import json
import sys

import openai
import websockets

client = openai.AsyncOpenAI(base_url=sys.argv[1], api_key="none")


async def serve(socket):
    async for prompt in socket:
        stream = await client.chat.completions.create(
            model="bench", stream=True, messages=[{"role": "user", "content": json.loads(prompt)["content"]}]
        )
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                await socket.send(json.dumps({"event": "delta", "text": chunk.choices[0].delta.content}))
        await socket.send(json.dumps({"event": "turn_end"}))


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0, compression=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())

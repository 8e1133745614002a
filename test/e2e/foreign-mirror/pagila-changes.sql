-- What a day does to a shop's database: new rows, changed ones, deleted ones, a key that changes.
UPDATE customer SET email = 'moved@example.org', last_update = now() WHERE customer_id % 50 = 0;
UPDATE film SET rental_rate = rental_rate + 1, last_update = now() WHERE film_id BETWEEN 100 AND 120;
INSERT INTO actor (first_name, last_name, last_update) VALUES ('ZOE', 'O''NEIL, "Z"', now()), ('ÁRVÍZ', E'TŰRŐ\nTÜKÖR', now());
UPDATE actor SET actor_id = 900, last_update = now() WHERE first_name = 'ZOE' AND last_name LIKE 'O''%';
DELETE FROM film_actor WHERE actor_id = 7;
DELETE FROM payment WHERE payment_id % 101 = 0;
DELETE FROM rental WHERE rental_id % 401 = 0 AND NOT EXISTS (SELECT FROM payment p WHERE p.rental_id = rental.rental_id);
-- Changed without a new time stamp, past the trigger that sets it: no cursor sees it.
SET session_replication_role = replica;
UPDATE city SET city = city || '!' WHERE city_id = 300;
